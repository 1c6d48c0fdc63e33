package selene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkIngester;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.Retriever;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.inference.InferenceResponse;
import co.elastic.clients.elasticsearch.inference.RankedDocument;
import co.elastic.clients.elasticsearch.inference.TaskType;
import co.elastic.clients.json.JsonData;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Inference endpoints and re-ranked searches with elasticsearch-java 9, against the server of SELENE_URL. */
class InferenceTest {
  private static final String INDEX = "client-java-sky";
  private static final String ENDPOINT = "client-java-rerank";
  private static final String QUESTION = "Why is the sky blue?";
  private static final Map<String, Object> SETTINGS = Map.of("model_id", ".rerank-v1", "num_threads", 1, "num_allocations", 1);
  private static final List<String> TEXTS = List.of("Bread is baked from flour and water.",
      "The sky is blue because air molecules scatter short wavelengths far more strongly than long ones.",
      "A blue moon is a second full moon within one month.", "Sky divers jump from planes.");
  private static ElasticsearchClient client;

  @BeforeAll
  static void makeAnEndpointAndAnIndex() throws Exception {
    client = ElasticsearchClient.of(b -> b.host(System.getenv("SELENE_URL")));
    client.indices().delete(d -> d.index(INDEX).ignoreUnavailable(true));
    put(ENDPOINT);
    try (BulkIngester<Void> ingester = BulkIngester.of(b -> b.client(client).maxOperations(2))) {
      for (int i = 0; i < TEXTS.size(); i++) {
        final String id = Integer.toString(i);
        final String text = TEXTS.get(i);
        ingester.add(op -> op.index(x -> x.index(INDEX).id(id).document(Map.of("text", text))));
      }
    }
    client.indices().refresh(r -> r.index(INDEX));
    assertEquals(4L, client.count(c -> c.index(INDEX)).count());
  }

  @AfterAll
  static void close() throws Exception {
    client.indices().delete(d -> d.index(INDEX).ignoreUnavailable(true));
    client.inference().delete(d -> d.inferenceId(ENDPOINT).force(true));
    client.close();
  }

  private static void put(String id) throws Exception {
    client.inference().put(p -> p.inferenceId(id).taskType(TaskType.Rerank)
        .inferenceConfig(c -> c.service("elasticsearch").serviceSettings(JsonData.of(SETTINGS))));
  }

  private static Retriever reranked(String endpoint) {
    return Retriever.of(r -> r.textSimilarityReranker(t -> t.retriever(c -> c.standard(s -> s.query(q -> q.match(m -> m.field("text").query(QUESTION)))))
        .field("text").inferenceId(endpoint).inferenceText(QUESTION).rankWindowSize(10)));
  }

  @Test
  void endpointsAreTyped() throws Exception {
    var shown = client.inference().get(g -> g.inferenceId(ENDPOINT)).endpoints().get(0);
    assertEquals(TaskType.Rerank, shown.taskType());
    assertEquals("elasticsearch", shown.service());
    assertEquals(".rerank-v1", shown.serviceSettings().to(Map.class).get("model_id"));
    assertTrue(client.inference().get().endpoints().size() >= 4);
    ElasticsearchException twice = assertThrows(ElasticsearchException.class, () -> put(ENDPOINT));
    assertEquals("resource_already_exists_exception", twice.error().type());
  }

  @Test
  void rerankGivesIndicesBestFirst() throws Exception {
    List<RankedDocument> ranked = client.inference().rerank(r -> r.inferenceId(ENDPOINT).query(QUESTION).input(TEXTS)).rerank();
    assertEquals(4, ranked.size());
    assertEquals(1, ranked.get(0).index());
    assertEquals(TEXTS.get(1), ranked.get(0).text());
    assertTrue(ranked.get(0).relevanceScore() > ranked.get(1).relevanceScore());
  }

  @Test
  void theGeneralCallTakesTaskSettings() throws Exception {
    InferenceResponse answer = client.inference().inference(i -> i.inferenceId(ENDPOINT).query(QUESTION).input(TEXTS)
        .taskSettings(JsonData.of(Map.of("return_documents", false))));
    assertEquals(1, answer.result().rerank().get(0).index());
    assertNull(answer.result().rerank().get(0).text());
  }

  @Test
  void aSearchIsReranked() throws Exception {
    SearchResponse<Map> answer = client.search(s -> s.index(INDEX).retriever(reranked(ENDPOINT)), Map.class);
    assertEquals("1", answer.hits().hits().get(0).id());
    assertEquals(4L, answer.hits().total().value());
    assertNotNull(answer.hits().maxScore());
    ElasticsearchException error = assertThrows(ElasticsearchException.class,
        () -> client.search(s -> s.index(INDEX).retriever(reranked("client-java-none")), Map.class));
    assertEquals(404, error.status());
  }

  @Test
  void endpointsComeAndGo() throws Exception {
    put("client-java-short");
    var updated = client.inference().update(u -> u.inferenceId("client-java-short")
        .inferenceConfig(c -> c.service("elasticsearch").serviceSettings(JsonData.of(Map.of("num_allocations", 2)))));
    assertEquals(2, ((Number) updated.serviceSettings().to(Map.class).get("num_allocations")).intValue());
    assertTrue(client.inference().delete(d -> d.inferenceId("client-java-short")).acknowledged());
    ElasticsearchException gone = assertThrows(ElasticsearchException.class, () -> client.inference().get(g -> g.inferenceId("client-java-short")));
    assertEquals("resource_not_found_exception", gone.error().type());
  }
}

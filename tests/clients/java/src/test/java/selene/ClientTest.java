package selene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.Result;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.Time;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** elasticsearch-java 9 against the server of SELENE_URL: it reads every answer into typed objects, and misses what is missing. */
class ClientTest {
  private static final String INDEX = "client-java";
  private static ElasticsearchClient client;

  @BeforeAll
  static void connect() throws Exception {
    client = ElasticsearchClient.of(b -> b.host(System.getenv("SELENE_URL")));
    client.indices().delete(d -> d.index(INDEX).ignoreUnavailable(true));
    client.indices().create(c -> c.index(INDEX).mappings(m -> m.properties("n", p -> p.integer(i -> i))
        .properties("text", p -> p.text(t -> t)).properties("group", p -> p.keyword(k -> k))));
    BulkRequest.Builder bulk = new BulkRequest.Builder().refresh(co.elastic.clients.elasticsearch._types.Refresh.True);
    for (int i = 0; i < 20; i++) {
      final int n = i;
      bulk.operations(op -> op.index(x -> x.index(INDEX).id(Integer.toString(n))
          .document(Map.of("n", n, "text", "number " + n, "group", n % 2 == 0 ? "even" : "odd"))));
    }
    BulkResponse answer = client.bulk(bulk.build());
    assertFalse(answer.errors());
    assertEquals(201, answer.items().get(0).status());
  }

  @AfterAll
  static void close() throws Exception {
    client.indices().delete(d -> d.index(INDEX).ignoreUnavailable(true));
    client.close();
  }

  @Test
  void infoHasEveryVersionKey() throws Exception {
    assertTrue(client.info().version().number().startsWith("9."));
    assertTrue(client.indices().exists(e -> e.index(INDEX)).value());
  }

  @Test
  void documentsComeAndGo() throws Exception {
    assertEquals(Result.Created, client.index(i -> i.index(INDEX).id("x").document(Map.of("n", 1000))).result());
    assertTrue(client.get(g -> g.index(INDEX).id("x"), Map.class).found());
    assertEquals(Result.Deleted, client.delete(d -> d.index(INDEX).id("x")).result());
    assertFalse(client.get(g -> g.index(INDEX).id("x"), Map.class).found());
  }

  @Test
  void searchSortsHighlightsAndAggregates() throws Exception {
    SearchResponse<Map> answer = client.search(s -> s.index(INDEX).size(2)
        .query(q -> q.match(m -> m.field("text").query("number")))
        .sort(o -> o.field(f -> f.field("n").order(SortOrder.Desc)))
        .highlight(h -> h.fields(co.elastic.clients.util.NamedValue.of("text", co.elastic.clients.elasticsearch.core.search.HighlightField.of(f -> f))))
        .aggregations("groups", a -> a.terms(t -> t.field("group")).aggregations("top", x -> x.max(m -> m.field("n"))))
        .aggregations("stats", a -> a.stats(t -> t.field("n")))
        .aggregations("steps", a -> a.histogram(h -> h.field("n").interval(10.0)))
        .aggregations("ranges", a -> a.range(r -> r.field("n").ranges(x -> x.to(5.0)))), Map.class);
    assertEquals("19", answer.hits().hits().get(0).id());
    assertEquals("<em>number</em> 19", answer.hits().hits().get(0).highlight().get("text").get(0));
    var buckets = answer.aggregations().get("groups").sterms().buckets().array();
    assertEquals("even", buckets.get(0).key().stringValue());
    assertEquals(18.0, buckets.get(0).aggregations().get("top").max().value());
    assertEquals(190.0, answer.aggregations().get("stats").stats().sum());
    assertEquals(2, answer.aggregations().get("steps").histogram().buckets().array().size());
    assertEquals(5L, answer.aggregations().get("ranges").range().buckets().array().get(0).docCount());
  }

  @Test
  void pointsInTimeAndScrolls() throws Exception {
    String pit = client.openPointInTime(p -> p.index(INDEX).keepAlive(Time.of(t -> t.time("1m")))).id();
    SearchResponse<Map> page = client.search(s -> s.pit(p -> p.id(pit)).size(3).sort(o -> o.field(f -> f.field("n"))), Map.class);
    assertEquals(2, page.hits().hits().get(2).sort().size());
    assertTrue(client.closePointInTime(c -> c.id(pit)).succeeded());
    SearchResponse<Map> first = client.search(s -> s.index(INDEX).size(15).scroll(Time.of(t -> t.time("1m"))), Map.class);
    assertNotNull(first.scrollId());
    assertEquals(5, client.scroll(s -> s.scrollId(first.scrollId()), Map.class).hits().hits().size());
    assertTrue(client.clearScroll(c -> c.scrollId(first.scrollId())).succeeded());
  }

  @Test
  void explainAndFieldCapabilitiesAreTyped() throws Exception {
    assertTrue(client.explain(e -> e.index(INDEX).id("3").query(q -> q.match(m -> m.field("text").query("3"))), Map.class).matched());
    assertTrue(client.fieldCaps(f -> f.index(INDEX).fields("*")).fields().get("group").get("keyword").aggregatable());
    assertTrue(client.indices().validateQuery(v -> v.index(INDEX).query(q -> q.matchAll(m -> m))).valid());
    assertEquals(20L, client.count(c -> c.index(INDEX).query(q -> q.range(r -> r.untyped(u -> u.field("n").lt(co.elastic.clients.json.JsonData.of(20)))))).count());
  }

  @Test
  void errorsAreTyped() {
    ElasticsearchException error = assertThrows(ElasticsearchException.class, () -> client.search(s -> s.index("client-java-none"), Map.class));
    assertEquals(404, error.status());
    assertEquals("index_not_found_exception", error.error().type());
  }
}

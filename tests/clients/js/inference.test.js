// Inference endpoints and re-ranked searches with @elastic/elasticsearch 9, against the server of SELENE_URL.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@elastic/elasticsearch'

const index = 'client-js-sky'
const endpoint = 'client-js-rerank'
const settings = { model_id: '.rerank-v1', num_threads: 1, num_allocations: 1 }
const client = new Client({ node: process.env.SELENE_URL, maxRetries: 0 })
const question = 'Why is the sky blue?'
const texts = [
  'Bread is baked from flour and water.',
  'The sky is blue because air molecules scatter short wavelengths far more strongly than long ones.',
  'A blue moon is a second full moon within one month.',
  'Sky divers jump from planes.'
]

before(async () => {
  await client.indices.delete({ index, ignore_unavailable: true })
  await client.inference.delete({ inference_id: endpoint, force: true }, { ignore: [404] })
  const put = await client.inference.put({ inference_id: endpoint, task_type: 'rerank', inference_config: { service: 'elasticsearch', service_settings: settings } })
  assert.equal(put.inference_id, endpoint)
  assert.deepEqual(put.task_settings, { return_documents: true })
  const result = await client.helpers.bulk({
    datasource: texts.map((text, n) => ({ text, n })),
    onDocument: (document) => ({ index: { _index: index, _id: String(document.n) } }),
    refreshOnCompletion: index
  })
  assert.equal(result.failed, 0)
})

after(async () => {
  await client.indices.delete({ index, ignore_unavailable: true })
  await client.inference.delete({ inference_id: endpoint, force: true }, { ignore: [404] })
  await client.close()
})

function reranked (more = {}) {
  const retriever = { standard: { query: { match: { text: question } } } }
  return { text_similarity_reranker: { retriever, field: 'text', inference_id: endpoint, inference_text: question, rank_window_size: 10, ...more } }
}

test('an endpoint is shown, found twice and counted among all', async () => {
  const { endpoints } = await client.inference.get({ inference_id: endpoint })
  assert.equal(endpoints[0].task_type, 'rerank')
  assert.equal(endpoints[0].service_settings.model_id, '.rerank-v1')
  const all = await client.inference.get()
  assert.ok(all.endpoints.some((shown) => shown.inference_id === endpoint))
  const again = client.inference.put({ inference_id: endpoint, task_type: 'rerank', inference_config: { service: 'elasticsearch', service_settings: settings } })
  await assert.rejects(again, (error) => error.statusCode === 400 && error.body.error.type === 'resource_already_exists_exception')
})

test('inference.rerank gives indices, best first', async () => {
  const { rerank } = await client.inference.rerank({ inference_id: endpoint, query: question, input: texts })
  assert.deepEqual([rerank.length, rerank[0].index], [4, 1])
  assert.equal(rerank[0].text, texts[1])
  assert.ok(rerank[0].relevance_score > rerank[1].relevance_score)
})

test('inference.inference takes task settings', async () => {
  const answer = await client.inference.inference({ inference_id: endpoint, query: question, input: texts, task_settings: { return_documents: false } })
  assert.deepEqual(Object.keys(answer.rerank[0]).sort(), ['index', 'relevance_score'])
})

test('a re-ranked search', async () => {
  const plain = await client.search({ index, query: { match: { text: question } } })
  const answer = await client.search({ index, retriever: reranked() })
  assert.equal(answer.hits.hits[0]._id, '1')
  assert.equal(answer.hits.total.value, plain.hits.total.value)
  assert.equal(answer.hits.max_score, answer.hits.hits[0]._score)
  const cut = await client.search({ index, retriever: reranked({ min_score: 1 }) })
  assert.deepEqual(cut.hits.hits.map((hit) => hit._id), ['1'])
})

test('re-ranked searches side by side in msearch', async () => {
  const { responses } = await client.msearch({ searches: [{ index }, { retriever: reranked() }, { index }, { retriever: reranked({ inference_id: 'client-js-none' }) }] })
  assert.equal(responses[0].hits.hits[0]._id, '1')
  assert.equal(responses[1].status, 404)
})

test('an unknown endpoint is a 404 with its name', async () => {
  await assert.rejects(client.search({ index, retriever: reranked({ inference_id: 'client-js-none' }) }),
    (error) => error.statusCode === 404 && /client-js-none/.test(error.body.error.reason))
  await assert.rejects(client.inference.rerank({ inference_id: 'client-js-none', query: 'a', input: ['b'] }), (error) => error.statusCode === 404)
})

test('an endpoint is updated and deleted', async () => {
  const inference_id = 'client-js-short'
  await client.inference.put({ inference_id, task_type: 'rerank', inference_config: { service: 'elasticsearch', service_settings: settings } })
  const updated = await client.inference.update({ inference_id, inference_config: { service_settings: { num_allocations: 2 } } })
  assert.equal(updated.service_settings.num_allocations, 2)
  assert.equal((await client.inference.delete({ inference_id, dry_run: true })).acknowledged, false)
  assert.equal((await client.inference.delete({ inference_id })).acknowledged, true)
  await assert.rejects(client.inference.get({ inference_id }), (error) => error.statusCode === 404)
})

// @elastic/elasticsearch 9 against the server of SELENE_URL: what it sends, and what it makes of the answers.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@elastic/elasticsearch'

const node = process.env.SELENE_URL
const index = 'client-js'
const client = new Client({ node, maxRetries: 0 })
const documents = Array.from({ length: 25 }, (_, n) => ({ n, text: `number ${n}`, group: n % 2 === 0 ? 'even' : 'odd' }))

before(async () => {
  await client.indices.delete({ index, ignore_unavailable: true })
  await client.indices.create({ index, mappings: { properties: { n: { type: 'integer' }, text: { type: 'text' }, group: { type: 'keyword' } } } })
  const operations = documents.flatMap((source) => [{ index: { _index: index, _id: String(source.n) } }, source])
  const answer = await client.bulk({ refresh: true, operations })
  assert.equal(answer.errors, false)
})

after(async () => {
  await client.indices.delete({ index, ignore_unavailable: true })
  await client.close()
})

test('info passes the product check', async () => {
  const info = await client.info()
  assert.match(info.version.number, /^9\./)
  assert.equal(info.tagline, 'You Know, for Search')
})

test('a search without a body is a GET', async () => {
  const answer = await client.search({ index })
  assert.equal(answer.hits.total.value, 25)
})

test('search, sort and aggregate', async () => {
  const answer = await client.search({ index, query: { match: { text: 'number' } }, sort: [{ n: 'desc' }], size: 2, aggs: { groups: { terms: { field: 'group' } } } })
  assert.deepEqual(answer.hits.hits.map((hit) => hit._id), ['24', '23'])
  assert.deepEqual(answer.aggregations.groups.buckets, [{ key: 'even', doc_count: 13 }, { key: 'odd', doc_count: 12 }])
})

test('cat comes back as text', async () => {
  const text = await client.cat.indices({ index })
  assert.equal(typeof text, 'string')
  assert.match(text, /client-js/)
})

test('missing things are ResponseErrors with a status', async () => {
  await assert.rejects(client.get({ index, id: 'none' }), (error) => error.statusCode === 404 && error.body.found === false)
  await assert.rejects(client.search({ index: 'client-js-none' }), (error) => error.statusCode === 404 && error.body.error.type === 'index_not_found_exception')
})

test('helpers.bulk reports what was dropped', async () => {
  const dropped = []
  const result = await client.helpers.bulk({
    datasource: [{ n: 100 }, { n: 'not a number' }],
    onDocument: () => ({ index: { _index: index } }),
    onDrop: (document) => dropped.push(document),
    refreshOnCompletion: index
  })
  assert.equal(result.successful, 1)
  assert.equal(dropped[0].status, 400)
  assert.equal(dropped[0].error.type, 'document_parsing_exception')
})

test('helpers.scrollDocuments gives every document once', async () => {
  const found = []
  for await (const source of client.helpers.scrollDocuments({ index, query: { range: { n: { lt: 25 } } }, size: 4 })) found.push(source.n)
  assert.deepEqual(found.sort((a, b) => a - b), documents.map((source) => source.n))
})

test('helpers.search gives the sources', async () => {
  const found = await client.helpers.search({ index, query: { term: { group: 'odd' } }, size: 3 })
  assert.equal(found.length, 3)
  assert.ok(found.every((source) => source.group === 'odd'))
})

test('helpers.msearch batches several callers', async () => {
  const msearch = client.helpers.msearch({ operations: 5, flushInterval: 20 })
  const [one, none] = await Promise.allSettled([
    msearch.search({ index }, { query: { match: { text: '7' } } }),
    msearch.search({ index: 'client-js-none' }, { query: { match_all: {} } })
  ])
  assert.equal(one.value.body.hits.hits[0]._id, '7')
  assert.equal(none.status, 'rejected')
  msearch.stop()
})

test('points in time', async () => {
  const pit = await client.openPointInTime({ index, keep_alive: '1m' })
  const page = await client.search({ pit: { id: pit.id, keep_alive: '1m' }, sort: [{ n: 'asc' }], size: 2 })
  const next = await client.search({ pit: { id: page.pit_id }, sort: [{ n: 'asc' }], size: 1, search_after: page.hits.hits[1].sort })
  assert.equal(next.hits.hits[0]._id, '2')
  assert.equal((await client.closePointInTime({ id: pit.id })).succeeded, true)
})

test('a compressing client', async () => {
  const packed = new Client({ node, compression: true, maxRetries: 0 })
  const answer = await packed.search({ index, query: { match_all: {} }, size: 10 })
  assert.equal(answer.hits.hits.length, 10)
  await packed.close()
})

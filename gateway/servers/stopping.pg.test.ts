import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestGateway } from '../../test/support/gateway.ts'

test('a request that is under way when the gateway stops is answered, on a connection that then closes', async () => {
  const it = await startTestGateway()
  const body = JSON.stringify([{ pageView: {} }])
  const socket = connect(it.gateway.httpPort, '127.0.0.1')
  const said = new Promise<string>((resolve) => {
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  socket.write(`POST /v1/events?key=${it.writeKey} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n[`)
  // The key is looked up before the body is read, so a mark of use says that the gateway is in the middle of it.
  const used = () => it.db.query('select from api_key where last_used_at is not null')
  await expect.poll(used, { timeout: 10_000 }).toHaveLength(1)
  const stopped = it[Symbol.asyncDispose]()
  await expect(fetch(`${it.http}/healthz`)).rejects.toThrow()
  socket.write(body.slice(1))
  expect((await said).toLowerCase()).toMatch(/^http\/1.1 200 .*connection: close.*"accepted":1/s)
  await stopped
})

test('a gateway that cannot open one of its ports lets go of the others', async () => {
  await using taken = await startTestGateway()
  const again = () => startTestGateway({ httpPort: taken.gateway.httpPort, grpcPort: 0 })
  await expect(again()).rejects.toThrow(`cannot listen on 127.0.0.1:${taken.gateway.httpPort}`)
})

import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { send } from './exchange.ts'
import { openOnePort } from './one-port.ts'

async function open() {
  const opened = await openOnePort({ host: '127.0.0.1', port: 0 }, (request, response) => {
    send(response, { status: 200, body: `${request.method} over ${request.httpVersion}` })
  })
  onTestFinished(() => opened[Symbol.asyncDispose]())
  return opened
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  return socket
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'

test('both versions of HTTP are served on one port', async () => {
  const { port } = await open()
  expect(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).text()).toBe('POST over 1.1')
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const said = await new Promise<string>((resolve) => {
    session.request({ ':path': '/' }).on('data', (chunk) => resolve(String(chunk)))
  })
  session.destroy()
  expect(said).toBe('GET over 2.0')
})

test.each([
  ['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n', 'HTTP/1.1 200'],
  // The server's SETTINGS frame comes first: type 4 on stream 0.
  [preface, '\x04\0\0\0\0\0'],
])('what begins with a single "P" is told apart when more comes: %j', async (text, answer) => {
  const { port } = await open()
  const socket = await dial(port)
  const said = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString('latin1'))))
  socket.write(text.slice(0, 1))
  await sleep(30)
  socket.write(text.slice(1))
  expect(await said).toContain(answer)
  socket.destroy()
})

const goings = ['', 'P', 'G', 'GET / HTTP/1.1\r\n', preface].flatMap((text) => [
  [text, 'end' as const],
  [text, 'destroy' as const],
]) as [string, 'end' | 'destroy'][]

test.each(goings)('a client that says %j and goes by %s leaves no connection behind', async (text, how) => {
  const { port, drain } = await open()
  const socket = await dial(port)
  socket.write(text, () => socket[how]())
  await sleep(50)
  await expect(Promise.race([drain(20_000).then(() => 'drained'), sleep(5_000)])).resolves.toBe('drained')
})

test('silent and idle connections do not hold up a stop', async () => {
  const { port, drain } = await open()
  const silent = await dial(port)
  await (await fetch(`http://127.0.0.1:${port}/`)).text()
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  session.on('error', () => undefined)
  await new Promise((resolve) => session.once('remoteSettings', resolve))
  await expect(Promise.race([drain(20_000).then(() => 'drained'), sleep(5_000)])).resolves.toBe('drained')
  expect(session.closed).toBe(true)
  silent.destroy()
})

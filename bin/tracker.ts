import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildTracker, distDir, gzipBytes } from '../clients/browser/build.ts'

// `npm run tracker`: builds what the gateway serves to browsers, and says how large it is.

await mkdir(distDir, { recursive: true })
for (const built of await buildTracker()) {
  await writeFile(join(distDir, built.name), built.code)
  const [raw, zipped] = [Buffer.byteLength(built.code), gzipBytes(built)].map((bytes) => bytes.toLocaleString('en'))
  process.stdout.write(`${built.name.padEnd(18)} ${raw?.padStart(7)} bytes, ${zipped?.padStart(6)} gzipped\n`)
}

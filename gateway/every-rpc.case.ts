import { readdirSync } from 'node:fs'
import type { DescFile, DescMethod } from '@bufbuild/protobuf'

const folder = new URL('../proto/gen/userflow/v1/', import.meta.url)

/** Every RPC of every service of the contract, whatever file it stands in. */
export async function everyRpc(): Promise<readonly DescMethod[]> {
  const modules = await Promise.all(
    readdirSync(folder).map((name) => import(new URL(name, folder).href) as Promise<Record<string, unknown>>),
  )
  const files = modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, one]) => (/^file_/.test(name) ? [one as DescFile] : [])),
  )
  return files.flatMap((file) => file.services.flatMap((service) => service.methods))
}

/** How the table of permissions calls an RPC. */
export const nameOf = ({ parent, name }: DescMethod): string => `${parent.name}.${name}`

import { create, type DescMessage, type DescMethodUnary, type MessageInitShape, toJson } from '@bufbuild/protobuf'

/** An RPC with what it is asked. */
export interface Call<I extends DescMessage = DescMessage, O extends DescMessage = DescMessage> {
  readonly method: DescMethodUnary<I, O>
  readonly request: MessageInitShape<I>
}

/** A call that its types fit, where one is handed on without them. */
export const callOf = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
): Call => ({ method, request }) as unknown as Call

/** The call as a line for a terminal; what strangers wrote into filters stays inside its quotes. */
export function curlOf({ method, request }: Call, origin: string): string {
  const body = JSON.stringify(toJson(method.input, create(method.input, request)))
  return [
    `curl -sS ${quoted(`${origin}/${method.parent.typeName}/${method.name}`)}`,
    "-H 'content-type: application/json'",
    '-H "x-api-key: $USERFLOW_SECRET_KEY"',
    `-d ${quoted(body)}`,
  ].join(' \\\n  ')
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

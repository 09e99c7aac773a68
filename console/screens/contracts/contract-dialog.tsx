import type { JsonObject } from '@bufbuild/protobuf'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { type EventSchema, SchemaMode, SchemaService } from '../../../proto/gen/userflow/v1/schemas_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Area, Field, Select, Tick } from '../../parts/field.tsx'
import { Problem } from '../../parts/states.tsx'
import { useMay } from '../../session/session-context.tsx'
import { modeWords, words } from '../../words/contracts.ts'
import { BrokenRules, TrialOutcome } from './trial-outcome.tsx'

const modes = [SchemaMode.REPORT, SchemaMode.ENFORCE, SchemaMode.OFF].map((mode) => ({
  value: String(mode),
  name: modeWords(mode),
}))
const example = {
  type: 'object',
  required: ['plan'],
  properties: { plan: { type: 'string' }, amount: { type: 'number', minimum: 0 } },
}

/** Reads a contract, tries a change of it on what was stored, and saves that as the next version. */
export function ContractDialog({ schema, onClose }: { schema: EventSchema | undefined; onClose: () => void }) {
  const may = useMay(Role.EDITOR)
  const [name, setName] = useState(schema?.name ?? '')
  const [text, setText] = useState(JSON.stringify(schema?.jsonSchema ?? example, undefined, 2))
  const [mode, setMode] = useState(String(schema?.mode ?? SchemaMode.REPORT))
  const [although, setAlthough] = useState(false)
  const client = useQueryClient()
  const trial = useMutation(SchemaService.method.trySchema)
  const put = useMutation(SchemaService.method.putSchema, { onSuccess: () => void client.invalidateQueries() })
  const { jsonSchema, problem } = readSchema(text)
  const enforces = Number(mode) === SchemaMode.ENFORCE
  const save = (): void =>
    put.mutate({
      name,
      jsonSchema: jsonSchema ?? {},
      mode: Number(mode) as SchemaMode,
      althoughItRejects: enforces && although,
    })
  const ready = may && jsonSchema !== undefined && name !== ''
  return (
    <Dialog title={schema?.name ?? words.form.title} shape="wide" onClose={onClose}>
      <div className="flex flex-col gap-4">
        {!schema && (
          <Field
            label={words.form.name}
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
            autoFocus
          />
        )}
        <Area
          label={words.form.schema}
          mono
          rows={14}
          value={text}
          readOnly={!may}
          aria-invalid={problem !== undefined}
          hint={problem && <span className="text-down">{problem}</span>}
          onChange={(event) => setText(event.target.value)}
        />
        <Select label={words.form.mode} value={mode} options={modes} onChoose={setMode} />
        {enforces && (
          <Tick
            label={words.form.although}
            checked={although}
            onChange={(event) => setAlthough(event.target.checked)}
          />
        )}
        {(trial.error ?? put.error) && <Problem error={trial.error ?? put.error} />}
        {(put.data?.trial ?? trial.data?.trial) && <TrialOutcome trial={put.data?.trial ?? trial.data?.trial} />}
        {put.data?.schema && (
          <p role="status" className="text-up">
            {words.form.saved(put.data.schema.version)}
          </p>
        )}
        {!may && <p className="text-muted">{words.form.only}</p>}
        <div className="flex justify-end gap-2">
          <Button
            disabled={!jsonSchema || name === '' || trial.isPending}
            onClick={() => trial.mutate({ name, jsonSchema: jsonSchema ?? {} })}
          >
            {words.form.tryIt}
          </Button>
          <Button kind="strong" disabled={!ready || put.isPending} onClick={save}>
            {schema ? words.form.save : words.form.first}
          </Button>
        </div>
        {schema && schema.reported.length > 0 && <BrokenRules title={words.reported} rules={schema.reported} />}
      </div>
    </Dialog>
  )
}

function readSchema(text: string): { jsonSchema?: JsonObject; problem?: string } {
  try {
    const read: unknown = JSON.parse(text)
    const isObject = typeof read === 'object' && read !== null && !Array.isArray(read)
    return isObject ? { jsonSchema: read as JsonObject } : { problem: words.form.notObject }
  } catch {
    return { problem: words.form.invalid }
  }
}

import { type Element, type Event, KeyCategory, type Position } from '../../proto/gen/userflow/v1/event_pb.ts'

/** What was done, in the words of the columns. Empty text and undefined: not said, stored as null. */
export interface Action {
  readonly type: string
  /** Name of a custom event or web vital, or category of a key. */
  readonly name: string
  readonly element: Element | undefined
  readonly position: Position | undefined
  readonly targetUrl: string
  /** web_vital: the measure; scroll: depth in percent; keydown: how many keys. */
  readonly value: number | undefined
  readonly durationMs: number
  readonly loadMs: number
}

/** Key categories as `event_name` has them. */
const keyNames: Readonly<Record<KeyCategory, string>> = {
  [KeyCategory.UNSPECIFIED]: '',
  [KeyCategory.CHARACTER]: 'character',
  [KeyCategory.ENTER]: 'enter',
  [KeyCategory.DELETE]: 'delete',
  [KeyCategory.NAVIGATION]: 'navigation',
  [KeyCategory.ESCAPE]: 'escape',
  [KeyCategory.SHORTCUT]: 'shortcut',
  [KeyCategory.OTHER]: 'other',
}

const nothing = {
  name: '',
  element: undefined,
  position: undefined,
  targetUrl: '',
  value: undefined,
  durationMs: 0,
  loadMs: 0,
} satisfies Omit<Action, 'type'>

/** The event's action; undefined if it has none. */
export function readAction({ action }: Event): Action | undefined {
  switch (action.case) {
    case 'pageView':
      return { ...nothing, type: 'page_view', loadMs: action.value.loadMs }
    case 'click':
      return { ...nothing, type: 'click', ...place(action.value), targetUrl: action.value.targetUrl }
    case 'scroll':
      return { ...nothing, type: 'scroll', position: action.value.position, value: action.value.depthPercent }
    case 'formSubmit': {
      const { element, targetUrl, durationMs } = action.value
      return { ...nothing, type: 'form_submit', element, targetUrl, durationMs }
    }
    case 'hover':
      return { ...nothing, type: 'hover', ...place(action.value), durationMs: action.value.durationMs }
    case 'keydown': {
      const { element, category, count } = action.value
      return { ...nothing, type: 'keydown', name: keyNames[category] ?? 'other', element, value: count || 1 }
    }
    case 'webVital':
      return { ...nothing, type: 'web_vital', name: action.value.name, value: action.value.value }
    case 'custom':
      return { ...nothing, type: 'custom', name: action.value.name }
    case undefined:
      return undefined
  }
}

function place({ element, position }: { element?: Element | undefined; position?: Position | undefined }) {
  return { element, position }
}

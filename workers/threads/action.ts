import { Action, Num } from '../../eventlog/record-fields.ts'
import type { RecordView } from '../../eventlog/record-view.ts'

/** What was done, in the words of `event_type`, by the number of the action's field. */
const types: readonly string[] = Object.assign(new Array<string>(Action.custom + 1).fill(''), {
  [Action.pageView]: 'page_view',
  [Action.click]: 'click',
  [Action.scroll]: 'scroll',
  [Action.formSubmit]: 'form_submit',
  [Action.hover]: 'hover',
  [Action.keydown]: 'keydown',
  [Action.webVital]: 'web_vital',
  [Action.custom]: 'custom',
})

/** Key categories as `event_name` has them, by their numbers; a later one is `other`. */
const keyNames = ['', 'character', 'enter', 'delete', 'navigation', 'escape', 'shortcut', 'other']

/** What was done, as `event_type` has it; empty if the event has no action. */
export function actionType(record: RecordView): string {
  return types[record.number(Num.action)]!
}

/** The category of the key that was pressed. */
export function keyName(record: RecordView): string {
  return keyNames[record.number(Num.keyCategory)] ?? 'other'
}

/** web_vital: the measure; scroll: depth in percent; keydown: how many keys; undefined for other actions. */
export function actionValue(record: RecordView): number | undefined {
  switch (record.number(Num.action)) {
    case Action.scroll:
    case Action.webVital:
      return record.number(Num.value)
    case Action.keydown:
      return record.number(Num.value) || 1
    default:
      return undefined
  }
}

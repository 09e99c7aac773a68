import { Link } from '@tanstack/react-router'
import { useAddress } from '../view/use-view.ts'
import { viewOnly } from '../view/view.ts'

/** Somebody by their id: a browser's, or that of a signed-in person. */
export type Person = { readonly visitor: string } | { readonly user: string }

/** The id of a person as a way to all they did in the period: what narrowed the list it stands in is left behind. */
export function PersonLink({ person, text }: { person: Person; text?: string }) {
  const { search } = useAddress()
  const id = 'user' in person ? person.user : person.visitor
  const there = { ...viewOnly(search), f: undefined, segment: undefined, ...person }
  return (
    <Link to={'/users' as never} search={there as never} className="text-accent-ink hover:underline">
      <bdi title={id}>{text ?? id}</bdi>
    </Link>
  )
}

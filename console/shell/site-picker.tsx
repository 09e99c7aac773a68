import { Icon } from '../parts/icon.tsx'
import { Choice, Popover } from '../parts/popover.tsx'
import { useLink } from '../session/session-context.tsx'
import { useSites } from '../view/sites.ts'
import { useChangeView, useLooking } from '../view/use-view.ts'
import { words } from '../words/shell.ts'

/** Chooses one site, or all of them. */
export function SitePicker() {
  const sites = useSites()
  const { view } = useLooking()
  const { set } = useChangeView()
  const link = useLink()
  const chosen = sites.find(({ siteId }) => siteId === view.siteId)
  if (link?.oneSite) return <bdi className="max-w-52 truncate px-2.5 font-semibold">{sites[0]?.name}</bdi>
  return (
    <Popover
      label={words.site}
      // As wide for every name: it comes later than what stands beside it.
      className="w-44 justify-between border-transparent! font-semibold"
      trigger={
        <>
          <bdi className="truncate">{view.siteId === 0 ? words.allSites : (chosen?.name ?? `#${view.siteId}`)}</bdi>
          <Icon name="down" size={14} />
        </>
      }
    >
      {(close) => {
        const choose = (siteId: number): void => {
          set({ siteId })
          close()
        }
        return (
          <div className="max-h-80 overflow-y-auto">
            <Choice chosen={view.siteId === 0} onChoose={() => choose(0)}>
              {words.allSites}
            </Choice>
            {sites.map(({ siteId, name }) => (
              <Choice key={siteId} chosen={siteId === view.siteId} onChoose={() => choose(siteId)}>
                <bdi>{name}</bdi>
              </Choice>
            ))}
          </div>
        )
      }}
    </Popover>
  )
}

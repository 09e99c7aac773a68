import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  useSearch,
} from '@tanstack/react-router'
import { screens } from '../screens/registry.ts'
import { parseSearch, type Search, writeSearch } from '../view/search.ts'
import { Broken, Lost } from './lost.tsx'
import { Shell } from './shell.tsx'

/** The addresses of the console: one a screen, each loaded when it is opened. */
export function createConsoleRouter() {
  const root = createRootRoute({
    validateSearch: (search): Search => search as Search,
    component: () => (
      <Shell>
        <Outlet />
      </Shell>
    ),
    notFoundComponent: () => <Lost />,
  })
  const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
  const routes = screens.map(({ path, load }) =>
    createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, 'Screen') }),
  )
  return createRouter({
    routeTree: root.addChildren([home, ...routes]),
    parseSearch: (text) => parseSearch(text.replace(/^\?/, '')),
    stringifySearch: (search) => writeSearch(search as Search),
    // The next screen's code is fetched when the pointer is over its link.
    defaultPreload: 'intent',
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  })
}

function Home() {
  const search = useSearch({ strict: false })
  return <Navigate to={'/overview' as never} search={search as never} replace />
}

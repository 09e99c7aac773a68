import { useQuery } from '@connectrpc/connect-query'
import { InstallationService } from '../../../proto/gen/userflow/v1/installation_pb.ts'

/** Where Grafana shows what a metric of Prometheus did in the last six hours; undefined where no Grafana is known. */
export function useGrafana(): { readonly home: string; readonly explore: (expression: string) => string } | undefined {
  const { data } = useQuery(InstallationService.method.readInstallation, {}, { staleTime: 60_000 })
  const home = data?.grafanaUrl ?? ''
  if (!/^https?:\/\//.test(home)) return undefined
  return { home, explore: (expression) => exploreAddress(home, expression) }
}

/** Grafana takes the data source of the person who opens it, as none is named. */
export function exploreAddress(home: string, expr: string): string {
  const panes = {
    userflow: { datasource: null, queries: [{ refId: 'A', expr }], range: { from: 'now-6h', to: 'now' } },
  }
  return `${home}/explore?${new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) })}`
}

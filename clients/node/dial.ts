import { Client, credentials } from '@grpc/grpc-js'

/** A gRPC connection that is made with the first call, and again whenever it breaks. `address` is host:port. */
export const dial = ({ address, tls }: { readonly address: string; readonly tls: boolean }): Client =>
  new Client(address, tls ? credentials.createSsl() : credentials.createInsecure(), {
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    // grpc-js waits up to two minutes by default, long after a gateway is back.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  })

/** Traces of this process, sent to where OpenTelemetry's own variables say. Loads nothing where they say nothing. @module */

import type { Logger } from '@aibomgen/server'

import type { Environment } from '../config.ts'
import { readVersion } from '../package-files.ts'

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']

/**
 * Sends traces (OTLP over HTTP, JSON) while it is not disposed of; disposing sends what is left. What cannot be sent is
 * logged and dropped: nothing waits for a collector.
 */
export async function startTracing(
  service: string,
  environment: Environment,
  logger: Logger,
): Promise<AsyncDisposable> {
  const isWanted = ENDPOINTS.some((name) => environment[name]) && environment['OTEL_SDK_DISABLED'] !== 'true'
  if (!isWanted) return { [Symbol.asyncDispose]: async () => undefined }
  const [{ diag, DiagLogLevel, trace }, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  const quiet = (): void => undefined
  const warn = (reason: string): void => logger.warn('traces are not sent', { reason })
  diag.setLogger({ error: warn, warn, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN)
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.namespace': 'aibomgen',
      'service.name': environment['OTEL_SERVICE_NAME'] || `aibomgen-${service}`,
      'service.version': await readVersion(),
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  })
  trace.setGlobalTracerProvider(provider)
  return {
    async [Symbol.asyncDispose]() {
      await provider.shutdown().catch((error: unknown) => logger.warn('traces were not sent', { error }))
      trace.disable()
      diag.disable()
    },
  }
}

/** Which route answered a request: a name out of a small set, unlike its path. @module */

import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'

/**
 * The pattern of the route that answered, such as `/job_status/:job_id`, or `none` where there was no such route. To be
 * asked after the answer was made.
 */
export function routeOf(context: Context): string {
  // Middleware is registered for wildcards, also behind the route that answers; a request that met nothing else met none.
  return matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none'
}

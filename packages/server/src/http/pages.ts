/** Pages for people, for those alone who are known. @module */

import { Hono, type Context } from 'hono'

import type { Authenticator } from '../auth/authenticator.ts'
import { createDashboard, type DashboardDeps } from '../dashboard/create-dashboard.ts'
import type { AppEnv } from './app-deps.ts'
import { requireUser } from './auth.ts'

/** The dashboard, behind the same door as the API. */
export function createPages(deps: Omit<DashboardDeps, 'principalOf'>, authenticate: Authenticator): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  for (const path of ['/', '/ui/*']) pages.use(path, requireUser(authenticate))
  return pages.route(
    '/',
    createDashboard({ ...deps, principalOf: (context: Context<AppEnv>) => context.get('principal') }),
  )
}

/** The dashboard as the API's pages: it shows each caller what the API would. @module */

import { Hono, type Context } from 'hono'

import { createDashboard, type DashboardDeps } from '../dashboard/create-dashboard.ts'
import type { AppEnv } from './app-deps.ts'

/** The pages. Who asks, the API has found out before. */
export function createPages(deps: Omit<DashboardDeps, 'principalOf'>): Hono<AppEnv> {
  const principalOf = (context: Context<AppEnv>): AppEnv['Variables']['principal'] => context.get('principal')
  return new Hono<AppEnv>().route('/', createDashboard({ ...deps, principalOf }))
}

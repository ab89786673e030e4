/** The API's documentation: the OpenAPI document, and Swagger UI over it, served from here alone. @module */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { buildOpenApiDocument, type OpenApiObject, type Router } from '../openapi.ts'

/** The files of Swagger UI that the page loads, and what they are. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>AIBoMGen API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })\n`

/** Swagger UI sets styles of its own on elements, and has images in its style sheet; all else is files of ours. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Adds `/openapi.json` and `/docs`. To be called after every route has been added. */
export function addDocs(router: Router, version: string): void {
  let document: OpenApiObject | undefined
  router.get('/openapi.json', (context) => context.json((document ??= buildOpenApiDocument(router, version))))
  router.get('/docs', (context) => context.html(PAGE, 200, { 'content-security-policy': PAGE_POLICY }))
  router.get('/docs/start.js', (context) =>
    context.body(START, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  )
  for (const [name, contentType] of Object.entries(ASSETS)) {
    router.get(`/docs/${name}`, async (context) => {
      const bytes = await readFile(join(findSwaggerUi(), name))
      return context.body(Uint8Array.from(bytes), 200, { 'content-type': contentType, 'cache-control': 'max-age=3600' })
    })
  }
}

function findSwaggerUi(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}

/** What is deployed runs as nobody, writes nowhere it need not, and shares no credential. */

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'
import { parseAllDocuments, type Document } from 'yaml'

const DEPLOY = join(import.meta.dirname, '../../deploy')

/** YAML as it is: the assertions are the checks. */
type Parsed = ReturnType<Document['toJS']>

function read(file: string): Parsed[] {
  const documents = parseAllDocuments(readFileSync(join(DEPLOY, file), 'utf8'), { merge: true })
  return [...documents].map((document) => {
    expect(document.errors, file).toEqual([])
    return document.toJS()
  })
}

const compose = read('compose.yaml')[0]
const services = Object.entries<Parsed>(compose.services)
const manifests = globSync('kubernetes/*.yaml', { cwd: DEPLOY }).flatMap(read)
const deployments = manifests.filter(({ kind }) => kind === 'Deployment')
const ours = ['server', 'issuer', 'worker']

/** A version, never what `latest` happens to be. */
const PINNED = /:(?!latest$)[\w.-]*\d[\w.-]*$/

describe('deploy/compose.yaml', () => {
  it('has every part of the platform', () => {
    expect(services.map(([name]) => name).sort()).toEqual([...ours, 'minio', 'minio-setup', 'postgres'].sort())
  })

  describe.each(services)('%s', (name, service) => {
    it('runs as nobody, confined', () => {
      expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
      expect(service.read_only).toBe(true)
      expect(service.cap_drop).toEqual(['ALL'])
      expect(service.security_opt).toContain('no-new-privileges:true')
      for (const power of ['privileged', 'cap_add', 'devices', 'pid', 'ipc', 'network_mode']) {
        expect(service).not.toHaveProperty(power)
      }
    })

    it('is an image of one version', () => {
      expect(service.image).toMatch(PINNED)
    })

    it('does not get the container engine', () => {
      expect(JSON.stringify(service)).not.toMatch(/docker\.sock|containerd\.sock|podman\.sock/)
    })

    it('finds no credential in its environment or command', () => {
      const told = JSON.stringify([service.environment, service.command])
      expect(told).not.toMatch(/(PASSWORD|SECRET|TOKEN)"/)
      expect(told).not.toMatch(/:\/\/[^/"]*@/)
    })

    it('gets only files that exist in the repository or that prepare.sh makes', () => {
      for (const volume of service.volumes ?? []) {
        const [from] = volume.split(':')
        if (from.startsWith('./homes/')) expect([...ours, 'minio']).toContain(from.slice('./homes/'.length))
        else if (from.startsWith('.')) expect(existsSync(join(DEPLOY, from)), from).toBe(true)
      }
      expect(name).toBeTruthy()
    })
  })

  it('gives each of our services one secret, which no other has', () => {
    for (const name of ours) expect(compose.services[name].secrets).toEqual([`${name}_settings`])
    for (const name of ours) {
      const holders = services.filter(([, { secrets }]) => secrets?.includes(`${name}_settings`))
      expect(holders.map(([holder]) => holder)).toEqual([name])
    }
  })

  it('puts nothing secret where git would take it', () => {
    const ignored = readFileSync(join(DEPLOY, '../.gitignore'), 'utf8').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['deploy/secrets', 'deploy/homes']))
  })

  it('prepares MinIO with what its image has: a shell, cat and mc', () => {
    const script = readFileSync(join(DEPLOY, 'minio/create-users.sh'), 'utf8').replace(/^\s*#.*$/gm, '')
    expect(script).not.toMatch(/\b(grep|sed|awk|find|curl|jq)\b/)
  })

  it('gives each of our services a home with its own keys', () => {
    const homes = ours.map((name) => compose.services[name].volumes.find((volume: string) => volume.includes('/home')))
    expect(new Set(homes).size).toBe(3)
  })

  it('gives administrators’ credentials to what they administer, and to nobody else', () => {
    const holders = services.filter(([, { secrets }]) => secrets?.some((secret: string) => secret.includes('admin')))
    expect(holders.map(([name]) => name).sort()).toEqual(['minio', 'minio-setup', 'postgres'])
  })

  it('lets nothing but the server be reached, and that from this machine alone', () => {
    const open = services.filter(([, { ports }]) => ports !== undefined)
    expect(open.map(([name, { ports }]) => [name, ports])).toEqual([['server', ['127.0.0.1:8000:8000']]])
    expect(compose.networks.data.internal).toBe(true)
    for (const [name, { networks }] of services) {
      expect(networks).toEqual(name === 'server' ? ['edge', 'data'] : ['data'])
    }
  })

  it('declares every secret that is asked for, each in a file that prepare.sh makes', () => {
    const prepare = readFileSync(join(DEPLOY, 'prepare.sh'), 'utf8')
    for (const secret of services.flatMap(([, service]) => service.secrets ?? [])) {
      const file = compose.secrets[secret]?.file
      expect(file, secret).toMatch(/^\.\/secrets\//)
      const made = file.slice('./secrets/'.length).replace(/server|issuer|worker/, '$service')
      expect(prepare).toContain(`put ${made === file.slice('./secrets/'.length) ? made : `"${made}"`} `)
    }
  })
})

describe('deploy/Dockerfile', () => {
  const lines = readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8').split('\n')
  const bases = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' '))

  it('starts from one version of Node', () => {
    const own = bases.map(([, , , name]) => name)
    const foreign = bases.map(([, base]) => base).filter((base) => !own.includes(base))
    expect(new Set(foreign)).toEqual(new Set(['${BASE}']))
    expect(lines.find((line) => line.startsWith('ARG BASE='))?.slice('ARG BASE='.length)).toMatch(
      /^node:\d+\.\d+\.\d+-\w+-slim$/,
    )
  })

  it.each(['server', 'worker'])('ends as nobody: %s', (target) => {
    const from = lines.findIndex((line) => line.endsWith(` AS ${target}`))
    const to = lines.findIndex((line, index) => index > from && line.startsWith('FROM '))
    const stage = lines.slice(from, to === -1 ? undefined : to)
    const inherited = lines.filter((line) => line.startsWith('USER '))[0]
    const user = stage.filter((line) => line.startsWith('USER ')).at(-1) ?? inherited
    expect(user).toBe('USER 10001:10001')
    expect(stage.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true)
  })

  it('holds no secret', () => {
    expect(lines.join('\n')).not.toMatch(/PASSWORD|SECRET|TOKEN|ARG (?!BASE=)/)
  })
})

describe('deploy/kubernetes', () => {
  it('has all its files in the kustomization', () => {
    const files = globSync('*.yaml', { cwd: join(DEPLOY, 'kubernetes') }).filter(
      (file) => file !== 'kustomization.yaml',
    )
    expect([...manifests.find(({ kind }) => kind === 'Kustomization').resources].sort()).toEqual(files.sort())
  })

  it('has a deployment of each service', () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([...ours].sort())
  })

  describe.each(deployments.map((deployment) => [deployment.metadata.name, deployment.spec.template] as const))(
    '%s',
    (name, { metadata, spec }) => {
      const containers = [...spec.containers, ...spec.initContainers]

      it('runs as nobody, confined', () => {
        expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
        expect(spec.automountServiceAccountToken).toBe(false)
        for (const power of ['hostNetwork', 'hostPID', 'hostIPC']) expect(spec).not.toHaveProperty(power)
        for (const container of containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          })
          expect(container.resources.limits.memory).toBeTruthy()
          expect(container.image).toMatch(PINNED)
        }
      })

      it('mounts nothing of its host, and no secret but its own', () => {
        for (const volume of spec.volumes) {
          expect(volume).not.toHaveProperty('hostPath')
          if (volume.secret) expect(volume.secret.secretName).toMatch(new RegExp(`^aibomgen-${name}-(settings|home)$`))
        }
        expect(JSON.stringify(spec)).not.toContain('secretRef')
      })

      it('is under a policy that lets in and out what it needs alone', () => {
        const policy = manifests.find(
          (manifest) => manifest.kind === 'NetworkPolicy' && manifest.metadata.name === name,
        )
        expect(metadata.labels).toMatchObject(policy.spec.podSelector.matchLabels)
        expect(policy.spec.policyTypes).toEqual(['Ingress', 'Egress'])
        if (name === 'server') return
        expect(policy.spec.ingress).toEqual([])
        const ports = policy.spec.egress.flatMap((rule: Parsed) => rule.ports.map(({ port }: Parsed) => port))
        expect(ports).toEqual([5432, 9000, 53, 53])
        expect(JSON.stringify(policy.spec.egress)).not.toContain('ipBlock')
      })
    },
  )

  it('forbids what no policy allows', () => {
    const policy = manifests.find(({ metadata }) => metadata?.name === 'nothing-unless-allowed')
    expect(policy.spec).not.toHaveProperty('ingress')
    expect(policy.spec).not.toHaveProperty('egress')
  })

  it('asks the server whether it lives and whether it can work', () => {
    const [server] = deployments.find(({ metadata }) => metadata.name === 'server').spec.template.spec.containers
    expect(server.livenessProbe.httpGet.path).toBe('/healthz')
    expect(server.readinessProbe.httpGet.path).toBe('/readyz')
  })

  it('holds no secret in itself', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([])
    const settings = manifests.find(({ kind }) => kind === 'ConfigMap').data
    expect(Object.keys(settings).filter((name) => /PASSWORD|SECRET|KEY|DATABASE_URL/.test(name))).toEqual([])
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { repository } from './handlers.ts'

const hostFolder = `${repository}functions/host`

/**
 * The inputs that host commands take, each with the pattern that Systems Manager holds it to. The scripts check them once
 * more: patterns of a document stop a wrong call, patterns of a script stop a wrong document.
 */
export const hostParameters: Record<string, { allowedPattern: string; default?: string; description: string }> = {
  ActionId: {
    allowedPattern: '^[A-Za-z0-9_-]{1,64}$',
    description: 'Id of the action; a second run with it changes nothing.',
  },
  Unit: { allowedPattern: '^[A-Za-z0-9@._-]{1,128}$', description: "The agent's systemd unit." },
  ConfigPath: {
    allowedPattern: '^(/[A-Za-z0-9._/@-]{1,512})?$',
    default: '',
    description: "The agent's configuration file.",
  },
  ConfigParameter: {
    allowedPattern: '^(/[A-Za-z0-9._/-]{1,1010})?$',
    default: '',
    description: 'Parameter Store name of the stored configuration.',
  },
  WorkspacePath: {
    allowedPattern: '^(/[A-Za-z0-9._/@-]{1,512})?$',
    default: '',
    description: 'Where jobs are checked out and built.',
  },
  LogPath: { allowedPattern: '^(/[A-Za-z0-9._/@-]{1,512})?$', default: '', description: "The agent's log file." },
  Endpoints: {
    allowedPattern: '^([A-Za-z0-9.-]{1,253}:[0-9]{1,5}(,[A-Za-z0-9.-]{1,253}:[0-9]{1,5}){0,19})?$',
    default: '',
    description: 'host:port, separated by commas.',
  },
  MaxAgeHours: { allowedPattern: '^[1-9][0-9]{0,3}$', default: '24', description: 'Files younger than this stay.' },
  Package: { allowedPattern: '^[A-Za-z0-9.+_-]{1,128}$', description: 'The deb or rpm package.' },
  Version: {
    allowedPattern: '^([A-Za-z0-9.+:~_-]{1,128})?$',
    default: '',
    description: 'The wanted version; empty for the newest.',
  },
  MinFreePercent: {
    allowedPattern: '^[0-9]{1,2}$',
    default: '10',
    description: 'Free disk that the smoke test asks for.',
  },
  MaxClockOffsetSeconds: {
    allowedPattern: '^[0-9]{1,5}$',
    default: '120',
    description: 'Clock offset that the smoke test allows.',
  },
  SyntheticJob: {
    allowedPattern: '^(none|workspace-write)$',
    default: 'none',
    description: 'The job that proves the agent can work.',
  },
}

export const scriptNames = (): string[] =>
  readdirSync(hostFolder)
    .filter((file) => file.endsWith('.sh') && file !== 'lib.sh')
    .map((file) => file.slice(0, -3))
    .sort()

/** The script as it runs on a host: lib.sh before it, since a document is one file. */
const composed = (script: string): string => {
  const text = readFileSync(`${hostFolder}/${script}.sh`, 'utf8')
  if (!/^# requires: lib\.sh$/m.test(text)) return text
  const lib = readFileSync(`${hostFolder}/lib.sh`, 'utf8').replace(/^#!.*\n/, '')
  return text.replace(/^(#!.*\n)/, (shebang) => `${shebang}${lib}\n`)
}

/** Names of the inputs that a script reads: its `SSM_<Parameter>` variables. */
export const inputsOf = (script: string): string[] =>
  [...new Set([...composed(script).matchAll(/\bSSM_([A-Z][A-Za-z]+)/g)].map(([, name]) => String(name)))]
    .filter((name) => name in hostParameters)
    .sort()

export interface HostDocument {
  /** `agent-medic-<script>`. */
  name: string
  content: object
}

/**
 * Command documents from the scripts in functions/host (schema 2.2). Parameters travel as environment variables
 * (`interpolationType: ENV_VAR`, SSM agent 3.3.2746.0 and later) and the text holds no `{{ }}`, so that no value ever
 * becomes shell text; an older agent leaves the variables unset and the script ends with a message that says so.
 */
export const hostDocuments = (): HostDocument[] =>
  scriptNames().map((script) => ({
    name: `agent-medic-${script}`,
    content: {
      schemaVersion: '2.2',
      description: `agent-medic: ${script}`,
      parameters: Object.fromEntries(
        inputsOf(script).map((name) => [
          name,
          { type: 'String', interpolationType: 'ENV_VAR', ...hostParameters[name] },
        ]),
      ),
      mainSteps: [
        {
          action: 'aws:runShellScript',
          name: 'run',
          precondition: { StringEquals: ['platformType', 'Linux'] },
          inputs: { timeoutSeconds: '300', runCommand: composed(script).split('\n') },
        },
      ],
    },
  }))

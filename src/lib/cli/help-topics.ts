import { changeTopics } from './help-topics-changes.js';
import { outputTopics } from './help-topics-output.js';

export interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  readonly text: string;
}

/** What `berth help TOPIC` prints. */
export const topics: readonly HelpTopic[] = [
  {
    name: 'environment',
    summary: 'The variables berth reads',
    text: `ENVIRONMENT

Choosing a backend
  BERTH_BACKEND           dockercloud, deis, oracle or engine; --backend beats it
  DOCKERCLOUD_*           any of them selects dockercloud
  DEIS_*                  any of them selects deis
  OCCS_*                  any of them selects oracle

Choosing an engine (backend "engine")
  BERTH_ENGINE            docker or sandbox; asked for by name the sandbox is also accepted under CI
  DOCKER_HOST             a Docker engine: unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST
  DOCKER_CONTEXT          a Docker engine by the name of its context; \`docker context use\` keeps one
  CI                      refuses changes on a sandbox that nobody asked for
Where nothing says otherwise it is the Docker behind /var/run/docker.sock, and without one the sandbox.

Reaching a Docker engine
  DOCKER_TLS_VERIFY       any value asks tcp:// for TLS; the files are in DOCKER_CERT_PATH (~/.docker)
  DOCKER_API_VERSION      the version to speak, whatever the engine says
  DOCKER_CONFIG           the folder of Docker's config.json, contexts and TLS files (~/.docker)

Credentials, in the order they are looked for
  Docker Cloud            DOCKERCLOUD_AUTH; DOCKERCLOUD_USER with DOCKERCLOUD_APIKEY, or with DOCKERCLOUD_PASS;
                          config.json of DOCKER_CONFIG (~/.docker)
  Deis                    DEIS_CONTROLLER with DEIS_TOKEN; ~/.deis/DEIS_PROFILE.json (client.json)
  Oracle                  OCCS_URL with OCCS_TOKEN, or with OCCS_USER and OCCS_PASSWORD
  Registries              config.json of DOCKER_CONFIG (~/.docker) and its helpers, as the docker command;
                          \`registry login\` takes a password from BERTH_REGISTRY_PASSWORD

Where berth keeps things
  BERTH_HOME              settings, store, names for completion; default $XDG_DATA_HOME/berth, that is
                          ~/.local/share/berth
  XDG_CACHE_HOME          compiled code; default ~/.cache
  BERTH_CODE_CACHE=0      keep no compiled code

The sandbox (a scheduler without containers)
  BERTH_SANDBOX_NODES     a count, or name:key=value,...;... (default 3)
  BERTH_SANDBOX_SEED      any text: the same seed gives the same run
  BERTH_SANDBOX_SPEED     sandbox seconds in a second (default 10)
  BERTH_SANDBOX_FAULTS    what goes wrong: 'worker:crash,exit=3;db:unhealthy;node sandbox-2:down,after=3s'
                          (effects: crash exit=N unhealthy pull-error start-slow=DURATION hang;
                          options: after= times= p= image=)

Who and whose
  USER, LOGNAME           who calls, in actions
  DOCKERCLOUD_NAMESPACE   whose resources are meant; with --backend engine or BERTH_BACKEND=engine it scopes the engine

Output
  BERTH_PROGRESS          auto, tty, plain, json or quiet; --progress beats it (berth help progress)
  NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM=dumb
  SHELL                   whose start-up files \`berth doctor\` looks at for completion

Which app (commands with --app)
  COMPOSE_PROJECT_NAME    its name, where --app does not say; else the name Compose would give this directory

Compose files (Node.js takes --env-file for itself too: a missing file is reported by Node with exit 9, and NODE_OPTIONS
in one holds for berth; COMPOSE_ENV_FILES has neither trouble)
  COMPOSE_FILE, COMPOSE_PATH_SEPARATOR, COMPOSE_PROJECT_NAME, COMPOSE_PROFILES, COMPOSE_ENV_FILES,
  COMPOSE_DISABLE_ENV_FILE, and every variable the files name
`,
  },
  {
    name: 'exit-codes',
    summary: 'What berth exits with, and when',
    text: `EXIT CODES (the same with --json)

   0   ok
   1   an error inside berth
   2   wrong usage, or a file that is wrong: nothing was sent, nothing changed
   3   the platform refused, or somebody else holds what was to be changed
   4   not found, or more than one match
   5   credentials missing or not accepted
   6   the backend has no such verb or option
   7   timed out waiting; the work goes on
   8   the platform or engine cannot be reached
  10   the rollout failed
  11   the rollout failed and was rolled back
  12   the rollout is paused
  13   no node takes a replica
 130   interrupted, or a question answered with no

An error is told on stderr: what failed, why, what to do next. With --json it is a document on stdout too:
  {"error": {"code": "not_found", "message": "...", "hint": "...", "exitCode": 4}}
Where a rollout failed, \`data.verdict\` tells how each service stands; where somebody else holds the stack,
\`data.holder\` tells who.

Commands that answer with their status
  exec, apps run                        that of the remote command
  stack diff, releases diff --exit-code 0 when nothing differs, 1 when something does
  doctor                                1 when a check failed
`,
  },
  {
    name: 'backends',
    summary: 'What a verb talks to, and how it is chosen',
    text: `BACKENDS

  engine        our control plane over an engine: the default
  dockercloud   a server that speaks Docker Cloud's API
  deis          a Deis controller, version 1 or 2
  oracle        Oracle Container Cloud Service

The first of these that says something decides:
  1. --backend NAME
  2. BERTH_BACKEND
  3. variables of exactly one platform: DOCKERCLOUD_*, DEIS_* or OCCS_*
  4. berth backend use NAME
  5. engine

Variables of two platforms, and nothing that overrides them, are a usage error. A platform that is selected but has no
credentials is exit 5: berth never falls through to another backend.

This version has a driver for engine alone. Its engine is the first of these:
  1. the one that BERTH_ENGINE names
  2. Docker, where DOCKER_HOST, DOCKER_CONTEXT or \`docker context use\` name one
  3. Docker, where there is a /var/run/docker.sock that you may open
  4. the sandbox: a scheduler without containers. It plans, places, starts, checks, updates and fails as an engine
     does, so scripts and files can be tried without one
A Docker that is chosen and does not answer is exit 8, never the sandbox.

  berth backend show           which one, and why
  berth backend capabilities   the verbs it has, with their options
`,
  },
  ...changeTopics,
  ...outputTopics,
];

import type { HelpTopic } from './help-topics.js';

/** What commands print, and what they tell while they work. */
export const outputTopics: readonly HelpTopic[] = [
  {
    name: 'formats',
    summary: 'What --format takes, and how templates are written',
    text: `FORMATS

  table   columns, or fields below each other; fitted to the terminal, whole in a pipe
  wide    the same with more columns
  json    one JSON document: an object, or an array for lists; --json is short for it
  jsonl   one JSON object a line
  yaml    the same as YAML
  csv     lists and single objects, with a header line
  name    names, one a line; -q prints ids
  {{...}} a template, one line an object; 'table {{...}}' aligns the lines below a heading

Not every command has each of them: \`--help\` of the command says which. Logs and events are streams: table, json, jsonl,
yaml or a template, always one object a line.

Templates
  {{.name}}                      a field; {{.replicas.running}} one further in
  {{json .}} {{json .ports}}     as JSON
  {{upper .state}} {{lower .state}}
  {{join .services ","}}         a list in one
  \\t \\n \\\\                       outside of braces: tab, line end, backslash
The fields are those of --json. One that is not there is a usage error with the nearest.

Lists also take --columns A,B (by the headers), --sort [-]COLUMN, --no-header, --no-trunc and -q.

  berth stack ls --format '{{.name}} {{.state}}'
  berth container ps --format csv --columns name,node,state
  berth service ps --sort -replicas
`,
  },
  {
    name: 'progress',
    summary: 'What is told while a change is made, and how programs read it',
    text: `PROGRESS (on standard error; standard output is the result alone)

  --progress auto    a spinner on a terminal, else a line a change: the default
  --progress tty     the spinner; a usage error where stderr is no terminal
  --progress plain   a line a change
  --progress json    JSON, one object a line, and nothing else on stderr
  --progress quiet   nothing but errors
BERTH_PROGRESS says the same for all commands.

Lines of --progress json, each with the time (\`at\`) and what it is (\`event\`):
  {"at":"...","event":"plan","steps":[{"id":"...","operation":"update","kind":"service","name":"web","reasons":[...]}]}
  {"at":"...","event":"action","id":"...","name":"Stack Up","state":"Pending",...}
  {"at":"...","event":"progress","kind":"service","name":"web","phase":"working","status":"starting (1 of 2 running)",
   "ready":1,"desired":2}
  {"at":"...","event":"action","id":"...","name":"Stack Up","state":"Success",...}
  {"at":"...","event":"verdict","stack":"shop","outcome":"converged","services":[...]}
  {"at":"...","event":"warning","message":"..."}
  {"at":"...","event":"notice","message":"..."}
  {"at":"...","event":"error","error":{"code":"rollout_failed","message":"...","data":{"verdict":{...}},"exitCode":10}}

An action is told of when it is made and, with -q too, when it has ended or goes on in the background (\`state\` says
which); then comes the verdict, where it was waited for. What fails ends with an error instead: the document of --json.
\`phase\` is working, done, failed, or note (a sentence to know). Where replicas are counted there are \`ready\` and
\`desired\`. More events and fields may come: leave aside what you do not know.

  berth up --progress json 2> progress.jsonl
  berth up -q --progress plain
`,
  },
];

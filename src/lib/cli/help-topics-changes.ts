import type { HelpTopic } from './help-topics.js';

/** How a stack is changed, and what is kept of it. */
export const changeTopics: readonly HelpTopic[] = [
  {
    name: 'releases',
    summary: 'Numbered states of a stack, what is laid over its file, and going back',
    text: `RELEASES

Every change of what a stack is makes a release: a number, who made it, what changed, the definition, and what verbs
laid over it. \`up\` of a file that changes nothing makes none. The last 100 are kept, also when the stack is
terminated; a new stack of the same name counts from 1 again.

  berth releases ls -a APP           newest first; a stack is an app
  berth releases diff v3 v5 -a APP   field by field; --reveal shows values, which may be secrets
  berth releases rollback v3 -a APP  runs it again, as a new release; without a number
                                     the last that was deployed before what runs

What is laid over the file
  config   \`config set\` and \`config unset\`, by service or for all of the stack
  limits   \`limits set\`
  tags     \`tags set\`: labels that a node must have
  scale    \`service scale\`, \`apps scale\`
These beat the file, and stay when a new one is brought up, until they are unset or dropped:
  berth up --reset-config            drops config, limits and tags
  berth up --reset-scale             drops the numbers of replicas

Of two values of a variable, that of the service beats that of the stack, and both beat the file. \`config unset K\`
means that K is not there afterwards, also where the file has it. Going back takes config, limits and tags of the
release along; the number of replicas stays as it was scaled.

  berth stack diff                   what \`up\` would do
  berth up --rollback-on-failure     puts back what ran before when the rollout fails (exit 11)

Run \`berth releases\` for all of its verbs.
`,
  },
  {
    name: 'actions',
    summary: 'What changes run as: waiting, locks, cancel and retry',
    text: `ACTIONS

Every change runs as an action, whose steps are saved before the first of them runs. The command waits until what runs
is what was asked for, and shows progress on stderr.

  --no-wait              returns when the work is accepted; a process in the background goes on with it
  --timeout 5m           stops waiting (exit 7); the work goes on in the background
  --lock-timeout 10s     how long to wait for somebody else who changes the same stack (60s); 0 is refused at once
  --dry-run              prints the steps, and changes nothing

One at a time
A stack is changed by one action at a time. The second waits, or is refused with who it is, since when, and on which
host (exit 3). The right to change is a lease of 30 seconds, renewed while the work goes on. A process that has died on
this host loses it at once, one on another host when the lease is over. Whoever comes back after losing it changes
nothing more.

When it was cut short
An action whose process was killed ends as Failed, reason \`interrupted\`; the next command says so. Nothing that was
done is lost, and nothing is taken back.
  berth action retry ID        goes on from the first step that is not done; planned again from what was asked for
                               when somebody else has held the stack since, or all was done
  berth action cancel ID       ends one that runs; what was done so far stays
The same command again does as well: it plans from what is there.

  berth action ls              who did what, and how it went
  berth action inspect ID      its steps
  berth action logs ID -f      its log, also while another process runs it
Terminating a stack drops what its actions held (they may hold secrets): they are listed on, but not retried.
`,
  },
];

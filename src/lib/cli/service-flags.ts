import { Flags } from '@oclif/core';
import { countFlag } from './flags.js';

function several(summary: string, helpValue: string, char?: 'e' | 'p' | 'v') {
  return Flags.string({
    summary,
    helpValue,
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'DEFINITION',
    ...(char !== undefined && { char }),
  });
}

function one(summary: string, helpValue: string) {
  return Flags.string({ summary, helpValue, helpGroup: 'DEFINITION' });
}

const summaries = {
  privileged: 'Give its containers extended privileges.',
  autoredeploy: 'Redeploy it when its image changes.',
  sequential: 'Start and scale its containers one after the other.',
};

/** Variables, as docker-cloud takes them. */
export const variableFlags = {
  env: several('Set this variable.', 'KEY=VALUE', 'e'),
  'env-file': several('Set the variables of this .env file.', 'FILE'),
};

/** What a service is made of, as docker-cloud spells it. */
const attributeFlags = {
  'target-num-containers': countFlag({
    char: 't',
    summary: 'How many containers it has; 1 by default.',
    helpGroup: 'DEFINITION',
  }),
  'run-command': Flags.string({
    char: 'r',
    summary: "The command, in words of a shell; the image's own by default.",
    helpValue: 'COMMAND',
    helpGroup: 'DEFINITION',
  }),
  entrypoint: one('What the command is given to, in words of a shell.', 'COMMAND'),
  publish: several('Publish a port of the containers.', '[HOST:]PORT[/PROTOCOL]', 'p'),
  expose: several('Open a port to other services only.', 'PORT'),
  ...variableFlags,
  volume: several('Mount a directory of the host, or a volume of its own.', '[HOST:]PATH[:ro]', 'v'),
  'volumes-from': several('Mount the volumes of this service.', 'SERVICE'),
  'link-service': several('Reach another service by this name.', 'NAME:ALIAS'),
  cpushares: countFlag({ summary: 'Relative weight, 2 to 1024.', helpGroup: 'DEFINITION' }),
  memory: countFlag({
    summary: 'How much memory each container may use, in MB.',
    helpValue: 'MB',
    helpGroup: 'DEFINITION',
  }),
  tag: several('Run it on nodes with this tag.', 'TAG'),
  'deployment-strategy': Flags.option({
    options: ['EMPTIEST_NODE', 'HIGH_AVAILABILITY', 'EVERY_NODE'] as const,
    summary: 'How its containers are spread over nodes: EMPTIEST_NODE, HIGH_AVAILABILITY or EVERY_NODE.',
    helpValue: 'STRATEGY',
    helpGroup: 'DEFINITION',
  })(),
  autorestart: Flags.option({
    options: ['OFF', 'ON_FAILURE', 'ALWAYS'] as const,
    summary: 'When its containers are started again after they stop: OFF, ON_FAILURE or ALWAYS.',
    helpValue: 'WHEN',
    helpGroup: 'DEFINITION',
  })(),
  autodestroy: Flags.option({
    options: ['OFF', 'ON_SUCCESS', 'ALWAYS'] as const,
    summary: 'When its containers are terminated after they stop: OFF, ON_SUCCESS or ALWAYS.',
    helpValue: 'WHEN',
    helpGroup: 'DEFINITION',
  })(),
  role: Flags.option({
    options: ['global'] as const,
    multiple: true,
    multipleNonGreedy: true,
    summary: "Grant its containers access to the platform's API: global.",
    helpValue: 'ROLE',
    helpGroup: 'DEFINITION',
  })(),
  net: one('Network mode of its containers.', 'MODE'),
  pid: one('PID namespace of its containers.', 'NAMESPACE'),
};

/** For a service that is made. */
export const newServiceFlags = {
  name: Flags.string({
    char: 'n',
    summary: 'Name of the service; by default the last part of the image without its tag.',
    helpValue: 'NAME',
    helpGroup: 'DEFINITION',
  }),
  ...attributeFlags,
  privileged: Flags.boolean({ summary: summaries.privileged, helpGroup: 'DEFINITION' }),
  autoredeploy: Flags.boolean({ summary: summaries.autoredeploy, helpGroup: 'DEFINITION' }),
  sequential: Flags.boolean({ summary: summaries.sequential, helpGroup: 'DEFINITION' }),
};

/** For a service that is there: what is not given stays. */
export const changedServiceFlags = {
  image: one('The image.', 'IMAGE'),
  ...attributeFlags,
  privileged: Flags.boolean({ allowNo: true, summary: summaries.privileged, helpGroup: 'DEFINITION' }),
  autoredeploy: Flags.boolean({ allowNo: true, summary: summaries.autoredeploy, helpGroup: 'DEFINITION' }),
  sequential: Flags.boolean({ allowNo: true, summary: summaries.sequential, helpGroup: 'DEFINITION' }),
};

import type { Volume } from '../../../../compose/project.js';
import type { StackScope } from '../../../../plan/resources.js';
import { composeLabels, scopedName } from '../labels.js';
import { isToolLabel } from './container-labels.js';
import { resourceLabels } from './networks.js';
import { given, said, textIn, textMapIn, type Tree } from './reading.js';

/**
 * The body of POST /volumes/create (Engine API 1.41). Creating a volume that exists gives the one that is there.
 *
 * @param key of the volume in the project.
 */
export function volumeBody(scope: StackScope, key: string, definition: Volume): Tree {
  return given({
    Name: scopedName(scope.namespace, definition.name),
    Driver: definition.driver,
    DriverOpts: textMapIn(definition, 'driver_opts'),
    Labels: {
      ...textMapIn(definition, 'labels'),
      ...resourceLabels(scope, definition),
      [composeLabels.volume]: key,
    },
  });
}

/**
 * The way back, from GET /volumes/{name}.
 *
 * @param name as the project says it.
 */
export function volumeOf(inspected: Tree, name: string): Volume {
  const driver = textIn(inspected, 'Driver');
  const labels = Object.entries(textMapIn(inspected, 'Labels') ?? {}).filter(([label]) => !isToolLabel(label));
  return {
    name,
    ...(driver !== undefined && driver !== 'local' && { driver }),
    ...said({ driver_opts: textMapIn(inspected, 'Options'), labels: Object.fromEntries(labels) }),
  };
}

import {
  expandBuild,
  expandContexts,
  expandDependsOn,
  expandDevice,
  expandDeviceRequest,
  expandEnvFile,
  expandExternal,
  expandFileReference,
  expandGpus,
  expandNames,
  expandProviderOptions,
  expandSsh,
  expandToList,
  expandToText,
} from './canonical/attributes.js';
import { expandPort } from './canonical/ports.js';
import { expandVolume } from './canonical/volumes.js';
import { applyRules, compileRules } from './rules.js';
import { isList, isTree, type Path, type Tree, type Value } from './tree.js';

export interface CanonicalContext {
  readonly warn: (message: string) => void;
  /** True where variables were not replaced: texts with a `$` cannot be taken apart (I20). */
  readonly templates: boolean;
}

type Expand = (value: Value, path: Path, context: CanonicalContext) => Value | undefined;

function isTemplate(value: Value, { templates }: CanonicalContext): boolean {
  return templates && typeof value === 'string' && value.includes('$');
}

const expandPorts: Expand = (value, path, context) =>
  isList(value)
    ? value.flatMap((item, index) => (isTemplate(item, context) ? [item] : expandPort(item, [...path, index])))
    : value;

/** A105: blank items are dropped (P1). */
const expandDns: Expand = (value) => {
  const list = expandToList(value);
  return isList(list) ? list.filter((item) => item !== '') : list;
};

const external: Expand = (value, path, { warn }) => expandExternal(value, path, warn);

const rules = compileRules<Expand>({
  'services.*.build': expandBuild,
  'services.*.build.ssh': expandSsh,
  'services.*.build.additional_contexts': expandContexts,
  'services.*.build.secrets.[]': expandFileReference,
  'services.*.build.provenance': expandToText,
  'services.*.build.sbom': expandToText,
  'services.*.build.no_cache_filter': expandToList,
  'services.*.depends_on': expandDependsOn,
  'services.*.networks': expandNames,
  'services.*.models': expandNames,
  'services.*.ports': expandPorts,
  'services.*.volumes.[]': (item, path, context) => (isTemplate(item, context) ? item : expandVolume(item, path)),
  'services.*.devices.[]': expandDevice,
  'services.*.gpus': expandGpus,
  'services.*.gpus.[]': expandDeviceRequest,
  'services.*.deploy.resources.reservations.devices.[]': expandDeviceRequest,
  'services.*.secrets.[]': expandFileReference,
  'services.*.configs.[]': expandFileReference,
  'services.*.env_file': expandEnvFile,
  'services.*.label_file': expandToList,
  'services.*.dns': expandDns,
  'services.*.dns_search': expandToList,
  'services.*.tmpfs': expandToList,
  'services.*.develop.watch.[].ignore': expandToList,
  'services.*.develop.watch.[].include': expandToList,
  'services.*.provider.options': expandProviderOptions,
  'networks.*': external,
  'volumes.*': external,
  'secrets.*': external,
  'configs.*': external,
});

/**
 * Short forms to long forms (reference/compose/SPEC.md P1, section 7), as far as merging another file over the result
 * still works. Applying it twice changes nothing. Throws `AttributeError`.
 */
export function canonicalise(tree: Tree, context: CanonicalContext): Tree {
  const result = applyRules(tree, rules, (expand, value, path) => expand(value, path, context));
  return isTree(result) ? result : tree;
}

import { requireFormat } from '../format.js';
import { renderValue } from '../render.js';
import type { View } from '../result.js';
import type { TextView } from '../view.js';

/** A value that is shown as text of its own. */
export function textValue<T>(text: TextView<T>['text']): View<T> {
  return {
    check: ({ format }) => {
      requireFormat(format, 'text');
    },
    async show(value, { flags, stdout, terminal, now }) {
      const { format, quiet, noTrunc, noHeader } = flags;
      await stdout.write(
        await renderValue(value, { kind: 'text', text }, { format, quiet, noTrunc, noHeader, terminal, now }),
      );
    },
  };
}

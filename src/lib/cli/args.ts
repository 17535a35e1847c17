import { Args } from '@oclif/core';

/**
 * An argument that is text. oclif would take one that is missing from standard input; ours never are: a definition may be
 * read there (`-f -`), and a shell loop feeds its own words through it.
 */
export const textArg = Args.custom({ ignoreStdin: true });

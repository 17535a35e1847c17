import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import { type PlacementLabel, placementList } from '../../lib/ui/views/placement.js';

export default class TagsLs extends AppCommand<readonly PlacementLabel[]> {
  static override summary = 'List the labels that nodes must have to run an app';
  static override flags = { ...appFlags, ...listFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> tags ls', '<%= config.bin %> tags ls -a voting-app --format name'];

  protected readonly view = placementList;

  async run(): Promise<readonly PlacementLabel[]> {
    const { flags } = await this.parse(TagsLs);
    const app = await this.app(flags);
    const get = await this.verb('placement', 'get');
    const { labels } = await get({ stack: app.id }, {}, this.call);
    return Object.entries(labels).map(([key, value]) => ({ key, value }));
  }
}

/** What this client can do that vscode-languageclient does not know of. */
import type { ClientCapabilities, FeatureState, StaticFeature } from 'vscode-languageclient/node';

export const CLIENT_COMMANDS = {
  showRelated: 'seealso.client.showRelated',
  open: 'seealso.client.open',
  compare: 'seealso.client.compare',
} as const;

export class OwnCapabilities implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = {
      ...capabilities.experimental,
      seealso: { status: true },
      commands: { commands: Object.values(CLIENT_COMMANDS) },
    };
  }

  initialize(): void {}

  getState(): FeatureState {
    return { kind: 'static' };
  }

  clear(): void {}
}

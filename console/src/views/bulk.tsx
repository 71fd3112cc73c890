/* Several incidents at once: one dialog, one decision of each, and what became of each. */
import type { JSX } from 'preact';
import { refresh } from '../api';
import { named, t } from '../i18n';
import { may } from '../state';
import type { Line } from '../types';
import { useAsk } from './parts';
import { askOf, handOver, undoOf } from './incident/decide';
import './views.css';

const KINDS = ['acknowledge', 'confirm', 'dismiss', 'note'] as const;

export function Bulk({ chosen, clear }: { chosen: readonly Line[]; clear: () => void }): JSX.Element | null {
	const [dialog, ask] = useAsk(() => { clear(); refresh(); });
	const each = chosen.map((l) => ({ id: l.id, name: l.sentence }));
	const list = (
		<details><summary>{t('bulk.n', { n: chosen.length })}</summary><ul class="list">{each.map((e) => <li key={e.id}>{e.name}</li>)}</ul></details>
	);
	if (!may('decide.incident') && !may('acknowledge')) return null;
	return (
		<div class="bulk" role="group" aria-label={t('bulk.n', { n: chosen.length })}>
			<strong>{t('bulk.n', { n: chosen.length })}</strong>
			{KINDS.filter((k) => may(k === 'acknowledge' ? k : 'decide.incident')).map((k) => (
				<button type="button" class="button" key={k} onClick={() => {
					const a = askOf(k, chosen[0]!.id, list);
					/* which were dismissed at once, so that all can be reopened at once */
					ask({ ...a, decision: k === 'dismiss' ? { ...a.decision, args: { batch: crypto.randomUUID() } } : a.decision, each, undo: (d) => undoOf(d) });
				}}>{named('do', k)}</button>
			))}
			{may('decide.incident') && (
				<button type="button" class="button" onClick={() => void handOver(chosen[0]!.id, list).then((a) => ask({ ...a, each }))}>{named('do', 'assign')}</button>
			)}
			<button type="button" class="button" onClick={clear}>{t('bulk.clear')}</button>
			{dialog}
		</div>
	);
}

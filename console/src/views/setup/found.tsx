/* What the sensors saw and no list has: chosen ones go into the directory. Then what to find out next. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { useLive } from '../../state';
import type { Candidates, Score } from '../prevention/types';
import { Section } from '../parts';
import type { StepProps } from './types';

const ANSWERS = 5;

export function Found({ hosts, take }: StepProps & { hosts: Candidates | undefined }): JSX.Element {
	const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
	const score = useLive<Score>('/model/score', () => false).data;
	const items = hosts?.items ?? [];
	const taken = items.filter((h) => chosen.has(h.key));
	const flip = (key: string, on: boolean) => {
		const next = new Set(chosen);
		if (on) next.add(key);
		else next.delete(key);
		choose(next);
	};
	const approve = () => take(t('set.found_why', { n: taken.length }), { import: {
		name: 'seen.csv', format: 'inventory', source: 'seen', text: `${[hosts!.columns, ...taken.map((h) => h.line)].join('\n')}\n`,
		accept: taken.map((h) => h.line.split(',')[0]!),
	} });
	return <>
		<p role="status">{t('set.hosts', { n: hosts?.total ?? 0 })}</p>
		{items.length > 0 && <fieldset class="fields"><legend>{t('set.which')}</legend>
			<label class="check"><input type="checkbox" checked={taken.length === items.length} onChange={(e) => choose(new Set(e.currentTarget.checked ? items.map((h) => h.key) : []))} />{t('set.all')}</label>
			<ul class="list">{items.map((h) => (
				<li key={h.key}><label class="check"><input type="checkbox" checked={chosen.has(h.key)} onChange={(e) => flip(h.key, e.currentTarget.checked)} />
					<span><b>{h.name || h.what || h.key}</b> <span class="quiet">{[h.name && h.what, ...h.addresses].filter(Boolean).join(', ')}</span></span></label></li>
			))}</ul>
			<p><button type="button" class="button primary" disabled={!taken.length} onClick={approve}>{t('set.approve', { n: taken.length })}</button></p>
		</fieldset>}
		{score && <Section title={t('set.to_do')}>
			<ol class="path-steps">{score.answers.slice(0, ANSWERS).map((a, i) => <li key={i}>{a.question} <code>{a.list || a.file}: {a.keys}</code></li>)}</ol>
		</Section>}
	</>;
}

/* Hosts that were seen and are in no list: what is believed of each and why; and those that were set aside. */
import type { JSX } from 'preact';
import { t } from '../i18n';
import { may, useLive } from '../state';
import { useAsk } from './parts';
import { Sheet } from './prevention/seen';
import type { Candidates } from './prevention/types';
import './know.css';

type Found = Candidates['items'][number];
function Host({ h, children }: { h: Found; children: JSX.Element | false }): JSX.Element {
	return (
		<li>
			<details>
				<summary><b>{h.name || h.what || h.key}</b> <span class="quiet">{h.addresses.join(', ')}</span></summary>
				<Sheet of={h} />
				<code class="one-line">{h.line}</code>
				{children}
			</details>
		</li>
	);
}

export function NewHosts(): JSX.Element | null {
	const { data } = useLive<Candidates>('/candidates', () => false);
	const aside = useLive<{ items: { key: string; why: string; role: string }[] }>('/candidates/aside', (c) => c.kind === 'decision');
	const [dialog, ask] = useAsk(aside.reload);
	const change = may('configure');
	if (!data || (!data.total && !aside.data?.items.length)) return null;
	const out = new Map(aside.data?.items.map((x) => [x.key, x]));
	const items = data.items.filter((h) => !out.has(h.key));
	const say = (h: { key: string; name: string }, is: 'aside' | 'open'): void => ask({
		decision: { kind: 'candidate', subject: h.key, args: { is } }, reason: 'must',
		title: `${h.name}: ${t(is === 'aside' ? 'kn.aside' : 'kn.again')}`, yes: t(is === 'aside' ? 'kn.aside' : 'kn.again'),
	});
	return (
		<details class="part">
			<summary>{t('seen.new', { n: data.total - (data.items.length - items.length) })}</summary>
			<p class="quiet">{data.how} <code>{data.columns}</code></p>
			<ul class="list hosts">
				{items.map((h) => (
					<Host key={h.key} h={h}>
						{change && (
								<button type="button" class="button" onClick={() => say({ key: h.key, name: h.name || h.key }, 'aside')}>{t('kn.aside')}</button>
						)}
					</Host>
				))}
			</ul>
			{out.size > 0 && (
				<details>
					<summary>{t('kn.asides', { n: out.size })}</summary>
					<ul class="list">{[...out.values()].map((x) => (
						<li key={x.key}><code>{x.key}</code> <span class="quiet">{x.why} ({x.role})</span> {change && <button type="button" class="button" onClick={() => say({ key: x.key, name: x.key }, 'open')}>{t('kn.again')}</button>}</li>
					))}</ul>
				</details>
			)}
			{dialog}
		</details>
	);
}

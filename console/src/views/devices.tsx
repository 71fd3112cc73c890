/* Shared posts and wall screens: which there are, one more, one less. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem, send } from '../api';
import { moment } from '../format';
import { named, t } from '../i18n';
import { ProblemNote } from '../problem';
import { minute, useLive } from '../state';
import type { Named } from '../types';
import { Section } from './parts';
import { Field } from './sign-in';
import './account.css';
import './views.css';

interface One extends Named { kind: 'post' | 'wall'; limit: string; place: string; made: string; used: string | null }

export function Devices({ places }: { places: readonly Named[] }): JSX.Element {
	const all = useLive<{ items: One[] }>('/devices', () => false);
	const [name, setName] = useState('');
	const [limit, setLimit] = useState('look');
	const [place, setPlace] = useState('');
	const [link, setLink] = useState<{ name: string; url: string; expires: string } | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);

	const act = async (f: () => Promise<void>) => {
		setProblem(null);
		try {
			await f();
			all.reload();
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
		}
	};
	const make = (e: Event) => {
		e.preventDefault();
		void act(async () => {
			const made = await send<{ link: string; expires: string }>('POST', '/devices', { name: name.trim(), limit, ...(place && { place }) });
			setLink({ name, url: `${location.origin}/${limit === 'look' ? 'wall' : 'post'}#token=${made.link}`, expires: made.expires });
			setName('');
		});
	};
	const end = (d: One) => act(async () => {
		setLink(null);
		await send('POST', '/devices/end', { id: d.id });
	});
	const placeName = (id: string) => places.find((p) => p.id === id)?.name ?? (id || t('dev.whole'));

	return (
		<Section title={t('dev.title')}>
			<p class="quiet">{t('dev.says')}</p>
			<ProblemNote problem={problem ?? all.problem} acting={!!problem} />
			<div role="status">{link && (
				<div class="told">
					<p>{t('dev.link_says', { name: link.name, at: moment(link.expires, minute.value) })}</p>
					<p><code class="secret">{link.url}</code></p>
				</div>)}</div>
			{!!all.data?.items.length && (
				<table class="table">
					<thead><tr><th scope="col">{t('dev.name')}</th><th scope="col">{t('dev.may')}</th><th scope="col">{t('dev.place')}</th><th scope="col">{t('dev.used')}</th><td /></tr></thead>
					<tbody>
						{all.data.items.map((d) => (
							<tr key={d.id}>
								<th scope="row">{d.name}</th>
								<td>{named('dev', d.limit)}</td>
								<td>{placeName(d.place)}</td>
								<td>{d.used ? moment(d.used, minute.value) : t('dev.unused')}</td>
								<td><div class="acts"><button type="button" class="button" onClick={() => void end(d)}>{t('acc.end')}<span class="unseen">: {d.name}</span></button></div></td>
							</tr>
						))}
					</tbody>
				</table>)}
			<form class="device-form" onSubmit={make}>
				<Field id="device-name" label={t('dev.name')} hint={t('dev.name_hint')} value={name} set={setName} autocomplete="off" />
				<label class="field"><span>{t('dev.may')}</span>
					<select value={limit} onChange={(e) => setLimit(e.currentTarget.value)}>
						{['look', 'duty', 'all'].map((l) => <option key={l} value={l}>{named('dev', l)}</option>)}
					</select></label>
				<label class="field"><span>{t('dev.place')}</span>
					<select value={place} onChange={(e) => setPlace(e.currentTarget.value)}>
						<option value="">{t('dev.whole')}</option>
						{places.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}
					</select></label>
				<button class="button">{t('dev.make')}</button>
			</form>
		</Section>
	);
}

/* Cameras: where each is asked for its picture, where it stands and where it looks. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem, send } from '../../api';
import { colon, named, t } from '../../i18n';
import { ProblemNote } from '../../problem';
import { useLive } from '../../state';
import { Failed } from '../parts';
import { useBook } from './book';
import { idOf } from './csv';
import { Field, Pick, useDraft } from './parts';
import type { Place } from '../types';
import type { StepProps } from './types';

const CAMERA = 'device.building.camera';
const EMPTY = { name: '', where: 'rtsp://', room: '', looks: '', user: '', password_file: '', purpose: '', legal_basis: '', retention: '24h' };

interface Trial { answers: boolean; width?: number; height?: number; fps?: number; reason?: string; why?: string }

/* Does it give a picture at this address? Asked before it is taken, without user and password; who asked stays on record. */
function Try({ where }: { where: string }): JSX.Element {
	const [is, set] = useState<{ where: string; trial?: Trial; problem?: Problem } | null>(null);
	const busy = is?.where === where && !is.trial && !is.problem;
	const go = () => {
		set({ where });
		send<Trial>('POST', '/config/cameras/try', { where }).then((trial) => set({ where, trial }), (e) => {
			if (!(e instanceof Problem)) throw e;
			set({ where, problem: e });
		});
	};
	const now = is?.where === where ? is : null; /* another address is not tried yet */
	const got = now?.trial;
	return <>
		<p><button type="button" class="button" disabled={busy || !/^rtsps?:\/\/[^\s@/]+/.test(where)} onClick={go}>{t('set.try')}</button></p>
		<p role="status" class={got && !got.answers ? 'warned' : ''}>{busy ? t('set.trying') : got && (got.answers
			? t(got.fps ? 'set.try_ok' : 'set.try_ok_once', { w: got.width ?? 0, h: got.height ?? 0, rate: got.fps ?? 0 })
			: `${named('set.try', got.reason ?? 'foreign')}${got.reason === 'foreign' && got.why ? ` (${got.why})` : ''}`)}</p>
		<ProblemNote problem={now?.problem ?? null} acting />
	</>;
}

export function Cameras({ setup, take }: StepProps): JSX.Element {
	const { book, problem, reload } = useBook('assets sources relations');
	const [v, set] = useDraft('cameras', EMPTY);
	const rooms = (useLive<{ places: Place[] }>('/model', () => false).data?.places ?? []).filter((p) => p.kind === 'room');
	const there = setup.sources.filter((s) => s.kind === 'video');
	const field = (k: Exclude<keyof typeof EMPTY, 'room' | 'looks'>, more: Partial<Parameters<typeof Field>[0]> = {}) =>
		<Field label={t(`set.c_${k}`)} value={v[k]} set={(x) => set({ ...v, [k]: x })} {...more} />;
	if (problem) return <Failed problem={problem} retry={reload} />;
	const submit = (e: Event) => {
		e.preventDefault();
		if (!book) return;
		const next = book.copy();
		const taken = new Set([...book.rows('assets'), ...book.rows('sources')].map((r) => r.id!).concat(there.map((s) => s.id)));
		const id = idOf(`camera-${v.name}`, taken);
		taken.add(id);
		next.put('assets', { id, name: v.name, class: CAMERA, room: v.room, keys: `camera:${id}` });
		if (v.looks && v.looks !== v.room) next.add('relations', { from: id, relation: 'monitors', to: v.looks });
		next.put('sources', {
			id: idOf(`video-${v.name}`, taken), name: v.name, kind: 'video', where: v.where, watches: id, purpose: v.purpose,
			personal_data: 'true', legal_basis: v.legal_basis, retention: v.retention, user: v.user, password_file: v.password_file,
		});
		take(t('set.camera_why', { name: v.name }), next.changed());
	};
	return <>
		<ul class="list">{there.map((s) => <li key={s.id}><b>{s.name}</b> <span class="quiet">{s.state === 'unheard' ? t('set.no_picture') : named('src', s.state)}{s.trouble && `${colon()}${named('trouble', s.trouble)}`}</span></li>)}</ul>
		<form class="fields" onSubmit={submit}>
			<h3>{t('set.add_camera')}</h3>
			<p class="quiet">{t('set.camera_says')}</p>
			{field('name', { required: true })}
			{field('where', { required: true, pattern: 'rtsps?://[^\\s@]+', hint: t('set.c_where_hint') })}
			<Try where={v.where} />
			<div class="numbers">
				<Pick label={t('set.c_room')} none required of={rooms} value={v.room} set={(room) => set({ ...v, room })} />
				<Pick label={t('set.c_looks')} none of={rooms} value={v.looks} set={(looks) => set({ ...v, looks })} />
				{field('user')}{field('password_file', { hint: t('set.c_password_hint') })}
			</div>
			{field('purpose', { required: true })}
			{field('legal_basis', { required: true })}
			{field('retention', { required: true, pattern: '[0-9]+(s|min|h|d)' })}
			<p><button class="button primary" disabled={!book}>{t('set.look_over')}</button></p>
		</form>
	</>;
}

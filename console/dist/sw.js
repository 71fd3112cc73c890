/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "253e6b68a66c19ea";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-Bs-836S6.js","/assets/account-oTio1RCA.css","/assets/asset-CYIVQlCZ.js","/assets/assets-BJ8qNPdE.js","/assets/bulk-BFZ1Tk-J.js","/assets/camera-CROBCGK7.css","/assets/camera-E0THn8yO.js","/assets/care-qwuk1zbi.js","/assets/chance-B8iKb-zH.css","/assets/chance-DofYGE2D.js","/assets/clocks-DF78T-Vo.js","/assets/config-BQPVH7Fw.js","/assets/config-D3leCu1B.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-D993p83x.js","/assets/decide-vX13vibF.js","/assets/draft-DZOmrMir.js","/assets/events-BNB5jNbY.js","/assets/evidence-rusMQEUF.js","/assets/fr-BW8aZWiI.js","/assets/held-B-VQGjfp.js","/assets/incident-CQP9JGJX.css","/assets/incident-CfnbN11N.js","/assets/index-Dw3QAC_u.js","/assets/index-mScVxhzb.css","/assets/it-DojxcsBY.js","/assets/know-BYcfrR_g.css","/assets/law-FWytmPbz.css","/assets/law-HrThoU7h.js","/assets/nl-DMAvP1N-.js","/assets/notices-wrPM7oZq.js","/assets/people-CLNNVQm0.js","/assets/persons-6g2QnLX6.js","/assets/prevention-oQUWfYi7.js","/assets/privacy-B89QomQb.js","/assets/processing-Cxa9GQn3.js","/assets/proof-B-aLdG7B.js","/assets/proof-Byv68Ueq.css","/assets/register-BWRzb63_.js","/assets/report-C_-SNLck.js","/assets/reports-BuolKq70.js","/assets/sealed-Clvg2XqN.js","/assets/seen-Wf9JxwB3.js","/assets/setup-CJH6nbWA.js","/assets/setup-hdyZ3mQQ.css","/assets/setup-oYevve-3.js","/assets/signs-BuCbOotn.js","/assets/state-BF30zXUV.css","/assets/state-D2TfQwFr.js","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-aXlXfZvx.js","/assets/window-D1RpAnYf.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});

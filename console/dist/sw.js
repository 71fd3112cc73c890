/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "9571474429d4b478";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-ChKZ5XS1.js","/assets/account-oTio1RCA.css","/assets/asset-xA7QnoKY.js","/assets/assets-D5Rw42EB.js","/assets/bulk-Dj9ULwiC.js","/assets/camera-CROBCGK7.css","/assets/camera-Cs4eqSfC.js","/assets/care-ghmFOtrl.js","/assets/chance-BOgEQ9UR.css","/assets/chance-U6LIxIAE.js","/assets/clocks-Dmn7iQB1.js","/assets/config-DNW96O_3.js","/assets/config-Dm5547ab.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-oPNVAeBQ.js","/assets/decide-BsGAkEXJ.js","/assets/draft-DvYKI3Tb.js","/assets/events-DcsyV0lC.js","/assets/evidence-DaPJzWv9.js","/assets/fr-MICfYWkB.js","/assets/held-C8PPsxPO.js","/assets/incident-CQP9JGJX.css","/assets/incident-GJqeH6wF.js","/assets/index-CFzxxyUd.js","/assets/index-mScVxhzb.css","/assets/it-Bwd5Q8RC.js","/assets/know-BYcfrR_g.css","/assets/law-FWytmPbz.css","/assets/law-hhPiI25R.js","/assets/nl-DHPohpgJ.js","/assets/notices-Cdj6CJ3A.js","/assets/people-y6mkwUQR.js","/assets/persons-CJ8ata07.js","/assets/prevention-WChOu-X_.js","/assets/privacy-Cqsqo-Ig.js","/assets/processing-BHDRNLcf.js","/assets/proof-Byv68Ueq.css","/assets/proof-qQ8YdgV_.js","/assets/register-CwVjyqaH.js","/assets/report-BYKxEZ_Z.js","/assets/reports-CVOZwwUk.js","/assets/sealed-Clvg2XqN.js","/assets/seen-CbfUt7pP.js","/assets/setup-BLzo1Y5c.js","/assets/setup-hdyZ3mQQ.css","/assets/setup-tiNg6HGX.js","/assets/signs-CFytQYjC.js","/assets/state-BF30zXUV.css","/assets/state-COhy0-52.js","/assets/views-iGwbQ68d.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-DMVo7VXX.js","/assets/window-2nRhqSRi.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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

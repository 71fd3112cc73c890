/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "7202c09c5c68a2be";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-FqOReQUU.js","/assets/account-oTio1RCA.css","/assets/asset-CvGRIn9r.js","/assets/assets-D_5io9JE.js","/assets/bulk-BEontlyS.js","/assets/camera-C9m0KZ9j.js","/assets/camera-CROBCGK7.css","/assets/care-HVQOAdA6.js","/assets/chance-BOgEQ9UR.css","/assets/chance-BStggE1I.js","/assets/clocks-1E9RFI-n.js","/assets/config-BPtELgz4.js","/assets/config-CuJitVvb.js","/assets/config-VWLnO5e2.css","/assets/crisis-BDbxaKcb.js","/assets/crisis-BdEIb8nO.css","/assets/decide-MQz9IiBM.js","/assets/draft-BD-9Jr0G.js","/assets/events-v-LY4-HF.js","/assets/evidence-BBH7DJEF.js","/assets/exercise-pogcw1Qu.js","/assets/fr-DiPDChyS.js","/assets/held-wTtrSwzR.js","/assets/incident-CQP9JGJX.css","/assets/incident-FGtm1vlp.js","/assets/index-CuOWqduF.js","/assets/index-mScVxhzb.css","/assets/it-C9csgh9S.js","/assets/kept-CUHglvHZ.js","/assets/know-BYcfrR_g.css","/assets/law-2bBtG-Ak.js","/assets/law-FWytmPbz.css","/assets/nl-CL_xLueX.js","/assets/notices-DaSN7j3e.js","/assets/people-B4lzd7Ik.js","/assets/persons-fGdxm_l_.js","/assets/prevention-De9jH_W-.js","/assets/privacy-BZ5Z14iB.js","/assets/processing--ZDNhK_E.js","/assets/proof-Byv68Ueq.css","/assets/proof-Ys5o6NTq.js","/assets/register-tTWn813x.js","/assets/report-CK2m3-Z9.js","/assets/reports-nZ4g59jy.js","/assets/sealed-Clvg2XqN.js","/assets/seen-Dws7xi4M.js","/assets/setup-DLfiUmh7.js","/assets/setup-DzSX_ztW.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-yQm9APdE.js","/assets/state-BF30zXUV.css","/assets/state-Djdxxvby.js","/assets/views-CuEelnZ8.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-DTIiHw00.js","/assets/window-rwBaoZdm.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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

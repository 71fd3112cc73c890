/* What stands in the hospital's directory and register, counted as of now. */
#include "proof/priv.h"

#include "recover/care.h"

enum { THINGS = 512 };

static void is_known(struct ward_proof_value *v, uint64_t n, uint64_t of)
{
	v->known = true;
	v->n = n;
	v->of = of;
}

/* Does nobody on the way read it? A file or a serial line goes over no network. */
static bool is_sealed(const struct ward_source *s)
{
	static const char *const way[] = {
		"tls:", "https:", "rtsps:", "onvifs:", "file:", "serial:"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(way); i++)
		if (ward_str_starts(s->where, ward_str_z(way[i])))
			return true;
	return s->certificate.len || s->clients.len ||
	       (ward_str_eqz(s->kind, "snmp") && ward_str_eqz(s->security, "authPriv"));
}

static void count_sources(const struct ward_model *m, struct ward_proof_value *ret)
{
	size_t n_all, run = 0, sealed = 0, far = 0;
	const struct ward_source *s = ward_model_sources(m, &n_all);

	for (size_t i = 0; i < n_all; i++) {
		bool wire = ward_str_starts(s[i].where, WARD_STR("iface:"));

		run += !s[i].stopped;
		far += !wire; /* a mirrored port is what others send */
		sealed += !wire && is_sealed(&s[i]);
	}
	is_known(&ret[WARD_FACT_SOURCES], run, n_all);
	is_known(&ret[WARD_FACT_SEALED], sealed, far);
}

static void count_nodes(const struct ward_model *m, struct ward_proof_value *ret)
{
	uint64_t assets = 0, placed = 0, medical = 0, networks = 0, services = 0, limits = 0,
		 guards = 0, spares = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct ward_node *x = ward_model_node(m, i);
		bool asset = x->kind == WARD_NODE_ASSET;
		size_t n;

		assets += asset;
		placed += asset && x->parent != WARD_NONE;
		medical += asset && ward_care_medical(m, i);
		networks += x->kind == WARD_NODE_NETWORK;
		services += x->kind == WARD_NODE_SERVICE;
		limits += x->kind == WARD_NODE_SERVICE && x->mtpd;
		(void)ward_model_protections(m, i, &n);
		guards += n;
		(void)ward_model_buffers(m, i, &n);
		spares += n;
	}
	is_known(&ret[WARD_FACT_ASSETS], assets, 0);
	is_known(&ret[WARD_FACT_PLACED], placed, assets);
	is_known(&ret[WARD_FACT_MEDICAL], medical, 0);
	is_known(&ret[WARD_FACT_NETWORKS], networks, 0);
	is_known(&ret[WARD_FACT_LIMITS], limits, services);
	is_known(&ret[WARD_FACT_GUARDS], guards, 0);
	is_known(&ret[WARD_FACT_SPARES], spares, 0);
}

static void count_register(const struct ward_proof_ask *ask, struct ward_proof_value *ret)
{
	const struct ward_processing *p = ask->setup.processing;
	struct ward_proc_verdict *v =
		p ? ward_mem_alloc(ask->proof->mem, THINGS * sizeof(*v)) : NULL;
	uint64_t run = 0, agreed = 0;

	if (!v)
		return;
	size_t n = ward_processing_judge(p, ask->proof->m, ask->now, v, THINGS);

	n = n < THINGS ? n : THINGS;
	for (size_t i = 0; i < n; i++)
		run += ward_proc_runs(v[i].state);
	is_known(&ret[WARD_FACT_PURPOSES], run, n);
	for (size_t i = 0; i < p->n_agreement; i++)
		agreed += !ward_proc_is_contract(p, &p->agreement[i]);
	is_known(&ret[WARD_FACT_AGREEMENTS], agreed, 0);
	ward_mem_free(ask->proof->mem, v, THINGS * sizeof(*v));
}

void proof_setup(const struct ward_proof_ask *ask, struct ward_proof_value *ret)
{
	const struct ward_model *m = ask->proof->m;

	count_nodes(m, ret);
	count_sources(m, ret);
	count_register(ask, ret);
	is_known(&ret[WARD_FACT_KEY], ward_model_hospital(m)->clips_key.len > 0, 0);
	if (!ask->setup.people_known)
		return;
	is_known(&ret[WARD_FACT_PEOPLE], ask->setup.n_person, 0);
	is_known(&ret[WARD_FACT_FACTORS], ask->setup.n_factor, ask->setup.n_person);
}

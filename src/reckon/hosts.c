/* What the sensors saw of hosts: those that are in no directory, with what may be claimed of them
 * and why, and the line of a table that takes each in; and of one device how it stands on the
 * network. */
#include "reckon/priv.h"

#include "model/inventory/report.h"

#include <stdio.h>
#include <unistd.h>

enum {
	HOSTS_MAX = 200,
	FACTS_MAX = 24,
	TEXT_BYTES = 512,
	ADDRESSES_MAX = 8,
	LINE_MAX = 1 << 16,
	ROOM_LEFT = 8 << 10, /* of an answer, that the next host needs at most */
	VIEW_BYTES = 512 << 20,
};

#define OUI_DIR                                                                          \
	"/usr/share/ieee-data" /* of Debian's package ieee-data; without it fewer makers \
				*/

enum ward_err reckon_load_hosts(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s/inventory", o->content);

	ward_arena_init(&r->view, o->mem, VIEW_BYTES);
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_names_init(&r->names, o->mem, o->lim);

	if (!err)
		err = ward_inv_rules_load(
			dir, ward_model_ontology(r->m), &r->names, o->lim, o->diag, &r->inv_rules);
	if (!err)
		err = ward_inventory_new(r->inv_rules, o->lim, o->mem, &r->inv);
	if (!err && access(OUI_DIR, R_OK) == 0 &&
		ward_oui_load(OUI_DIR, o->mem, &r->oui) != WARD_OK)
		r->oui = NULL;
	return err;
}

void reckon_free_hosts(struct ward_reckon *r)
{
	ward_arena_fini(&r->view);
	ward_inventory_free(r->inv);
	ward_inv_rules_free(r->inv_rules);
	ward_oui_free(r->oui);
	ward_names_fini(&r->names);
}

enum ward_err ward_reckon_remember(struct ward_reckon *r, const struct ward_reckon_memory *is)
{
	enum ward_err err =
		is->inventory.len ? ward_inventory_load(r->inv, is->inventory) : WARD_OK;

	r->seen_at = err || !is->inventory.len ? INT64_MIN : is->at;
	return err ? err : reckon_remember_normal(r, is->learned);
}

/* ---- */

static void key_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str_cut(j, s, 200);
}

static void put_addresses(const struct ward_candidate *c, struct ward_json *j)
{
	char text[46];

	ward_json_key(j, "addresses");
	ward_json_arr(j);
	if (c->key.has & 1)
		ward_json_str(j, ward_inv_key_text(&c->key, text));
	for (size_t i = 0; i < c->n_address && i < ADDRESSES_MAX; i++)
		ward_json_str(j, ward_addr_text(&c->address[i].ip, text));
	ward_json_arr_end(j);
}

/* A row of a sheet: what it is, what is known of it, and by what. */
static void put_row(
	struct reckon_job *job, const char *label, struct ward_str value, struct ward_str by)
{
	struct ward_json *j = &job->j;

	if (!value.len)
		return;
	ward_json_obj(j);
	key_str(j, "label", ward_lang_text(job->lang, ward_str_z(label)));
	key_str(j, "value", value);
	key_str(j, "by", by);
	ward_json_obj_end(j);
}

/* "bacnet udp/47808, http tcp/80": services that it gives; or the names of those that it uses. */
static void put_uses(
	struct reckon_job *job, const struct ward_candidate *c, const char *label, bool server)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < c->n_use && w.len + sizeof(c->use[i].service) + 16 < sizeof(text);
		i++) {
		const struct ward_inv_use *u = &c->use[i];

		if (u->server != server || (!server && !u->service[0]))
			continue;
		ward_wr_z(&w, w.len ? ", " : "");
		ward_wr_z(&w, u->service);
		if (server)
			ward_wr_printf(&w, "%s%s/%u", u->service[0] ? " " : "",
				u->udp ? "udp" : "tcp", (unsigned)u->port);
	}
	put_row(job, label, ward_wr_text(&w), WARD_STR(""));
}

static const char *label_of(enum ward_attr a)
{
	static const char *const label[WARD_ATTR_N] = {
		[WARD_ATTR_CLASS] = WARD_TEXT("Class"),
		[WARD_ATTR_ROLE] = WARD_TEXT("Role"),
		[WARD_ATTR_VENDOR] = WARD_TEXT("Maker"),
		[WARD_ATTR_MODEL] = WARD_TEXT("Model"),
		[WARD_ATTR_SERIAL] = WARD_TEXT("Serial number"),
		[WARD_ATTR_FIRMWARE] = WARD_TEXT("Firmware"),
		[WARD_ATTR_SOFTWARE] = WARD_TEXT("Software"),
		[WARD_ATTR_OS] = WARD_TEXT("Operating system"),
		[WARD_ATTR_NAME] = WARD_TEXT("Name on the network"),
	};

	return label[a];
}

/* What is claimed of it, how surely, and by which rules. */
static void put_facts(struct reckon_job *job, const struct ward_candidate *c)
{
	const struct ward_reckon *r = job->r;
	size_t n = 0;

	for (size_t i = 0; i < c->n_fact && n < FACTS_MAX; i++) {
		const struct ward_fact *f = &c->fact[i];
		char text[TEXT_BYTES];
		struct ward_wr by = ward_wr_fixed(text, sizeof(text));

		if (!f->best)
			continue;
		n++;
		ward_wr_printf(&by, "%u/100", (unsigned)f->confidence);
		for (size_t k = 0; k < f->n_claim && by.len + 80 < sizeof(text); k++) {
			struct ward_str rule = f->claim[k]->rule == WARD_NONE
						       ? WARD_STR("ieee-oui")
						       : r->inv_rules->rule[f->claim[k]->rule].id;

			ward_wr_z(&by, ", ");
			ward_wr_str(&by, ward_str_sub(rule, 0, 64));
		}
		put_row(job, label_of(f->attr), f->value, ward_wr_text(&by));
	}
}

static void put_odd(struct reckon_job *job, const struct ward_candidate *c)
{
	static const struct {
		unsigned bit;
		const char *text;
	} odd[] = {{WARD_INV_CHANGED,
			   WARD_TEXT("It shows another class, maker or model than the directory "
				     "has.")},
		{WARD_INV_MOVED, WARD_TEXT("It has another address than the directory has.")},
		{WARD_INV_DUPLICATE, WARD_TEXT("Another host says that it is this device.")}};
	struct ward_json *j = &job->j;

	ward_json_key(j, "odd");
	ward_json_arr(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (c->odd & odd[i].bit)
			ward_json_str(j, ward_lang_text(job->lang, ward_str_z(odd[i].text)));
	ward_json_arr_end(j);
}

/* The members of a host; the object is the caller's. */
static void put_host(struct reckon_job *job, const struct ward_candidate *c)
{
	struct ward_json *j = &job->j;
	char text[24];
	struct ward_wr peers = ward_wr_fixed(text, sizeof(text));

	ward_json_put_time(j, "first", c->first);
	ward_json_put_time(j, "last", c->last);
	ward_json_key(j, "peers");
	ward_json_u64(j, c->n_peer);
	put_addresses(c, j);
	ward_json_key(j, "rows");
	ward_json_arr(j);
	put_facts(job, c);
	put_uses(job, c, WARD_TEXT("Gives"), true);
	put_uses(job, c, WARD_TEXT("Uses"), false);
	ward_wr_u64(&peers, c->n_peer);
	put_row(job, WARD_TEXT("Others that it spoke with"), ward_wr_text(&peers), WARD_STR(""));
	ward_json_arr_end(j);
	put_odd(job, c);
}

static enum ward_err look(struct ward_reckon *r, struct ward_inv_report *ret)
{
	struct ward_candidate *all = NULL;
	size_t n = 0;

	ward_arena_reset(&r->view);
	enum ward_err err = r->seen_at == INT64_MIN
				    ? WARD_OK
				    : ward_inventory_view(r->inv, r->oui, r->m, &r->view, &all, &n);

	*ret = (struct ward_inv_report){
		.rules = r->inv_rules, .model = r->m, .c = all, .n = n, .now = r->seen_at};
	return err;
}

static void put_as_of(const struct ward_reckon *r, struct ward_json *j)
{
	ward_json_key(j, "as_of");
	if (r->seen_at == INT64_MIN)
		ward_json_null(j);
	else
		ward_json_time(j, r->seen_at - r->seen_at % WARD_NS_PER_S);
}

/* As `ward inventory --csv` writes it: the header, and its line. */
static void put_line(const struct ward_inv_report *all, size_t i, struct ward_json *j)
{
	struct ward_inv_report one = *all;
	struct ward_wr w = ward_wr_grow(j->w->mem, LINE_MAX);

	one.c = &all->c[i];
	one.n = 1;
	ward_inv_write_csv(&one, &w);
	struct ward_str line = ward_wr_text(&w);

	(void)ward_str_cut(&line, '\n');
	ward_json_key(j, "line");
	ward_json_str(j, ward_str_trim(line.p ? line : WARD_STR("")));
	ward_wr_fini(&w);
}

static void put_candidate(struct reckon_job *job, const struct ward_inv_report *all, size_t i)
{
	const struct ward_candidate *c = &all->c[i];
	struct ward_json *j = &job->j;
	char text[46];

	ward_json_obj(j);
	key_str(j, "key", ward_inv_key_text(&c->key, text));
	key_str(j, "name", ward_inv_name(all, c));
	key_str(j, "what", ward_inv_what(all, c));
	put_host(job, c);
	ward_json_key(j, "router");
	ward_json_bool(j, c->router);
	ward_json_key(j, "made_up_address");
	ward_json_bool(j, c->random_mac);
	put_line(all, i, j);
	ward_json_obj_end(j);
}

enum ward_err reckon_hosts(struct reckon_job *job)
{
	struct ward_json *j = &job->j;
	struct ward_inv_report all;
	size_t given = 0, unknown = 0;
	enum ward_err err = look(job->r, &all);

	if (err)
		return err;
	ward_json_obj(j);
	put_as_of(job->r, j);
	key_str(j, "how",
		ward_lang_text(job->lang,
			ward_str_z(
				WARD_TEXT("Look through it. Who keeps the directory puts the line "
					  "into one of its files assets-….csv, runs ward check, "
					  "and starts Ward anew. Its columns:"))));
	ward_json_key(j, "columns");
	ward_json_z(j, "id,name,class,room,network,ip,mac,keys,vendor,model");
	ward_json_key(j, "items");
	ward_json_arr(j);
	for (size_t i = 0; i < all.n; i++) {
		if (all.c[i].status == WARD_INV_KNOWN)
			continue;
		unknown++;
		if (given == HOSTS_MAX || j->w->len + ROOM_LEFT > WARD_RECKON_ANSWER)
			continue;
		put_candidate(job, &all, i);
		given++;
	}
	ward_json_arr_end(j);
	ward_json_key(j, "total");
	ward_json_u64(j, unknown);
	ward_json_key(j, "known");
	ward_json_u64(j, all.n - unknown);
	ward_json_obj_end(j);
	return WARD_OK;
}

enum ward_err reckon_host(struct reckon_job *job)
{
	struct ward_json *j = &job->j;
	uint32_t node = ward_model_find(job->r->m, job->ask->subject);
	const struct ward_candidate *found = NULL;
	struct ward_inv_report all;

	if (node == WARD_NONE)
		return reckon_no(job, WARD_ERR_NOT_FOUND, WARD_TEXT("the hospital has no '{id}'"),
			job->ask->subject);
	enum ward_err err = look(job->r, &all);

	for (size_t i = 0; !err && i < all.n; i++)
		if (all.c[i].status == WARD_INV_KNOWN && all.c[i].node == node &&
			(!found || all.c[i].last > found->last))
			found = &all.c[i];
	ward_json_obj(j);
	put_as_of(job->r, j);
	ward_json_key(j, "seen");
	if (found) {
		ward_json_obj(j);
		put_host(job, found);
		ward_json_obj_end(j);
	} else {
		ward_json_null(j);
	}
	ward_json_obj_end(j);
	return err;
}

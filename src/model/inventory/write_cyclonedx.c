/* One CycloneDX 1.6 document: a component per device, what runs on it within. */
#include "model/inventory/report.h"

static void property(struct ward_json *j, const char *name, struct ward_str value)
{
	if (!value.len)
		return;
	ward_json_obj(j);
	ward_json_put_z(j, "name", name);
	ward_json_put_str(j, "value", value);
	ward_json_obj_end(j);
}

static void number(struct ward_json *j, const char *name, uint64_t v)
{
	char buf[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_u64(&w, v);
	property(j, name, ward_wr_text(&w));
}

/* Software, firmware and operating system: name and version of their own. */
static void put_parts(const struct ward_candidate *c, struct ward_json *j)
{
	ward_json_key(j, "components");
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_fact; i++) {
		const struct ward_fact *f = &c->fact[i];
		bool firmware = f->attr == WARD_ATTR_FIRMWARE, os = f->attr == WARD_ATTR_OS;

		if (!f->best || (f->attr != WARD_ATTR_SOFTWARE && !firmware && !os))
			continue;
		ward_json_obj(j);
		ward_json_put_z(j, "type",
			firmware ? "firmware"
			: os     ? "operating-system"
				 : "application");
		if (firmware) {
			ward_json_put_z(j, "name", "firmware");
			ward_json_put_str(j, "version", f->value);
		} else if (f->name_len && f->name_len < f->value.len) {
			ward_json_put_str(j, "name", ward_str_sub(f->value, 0, f->name_len));
			ward_json_put_str(j, "version",
				ward_str_sub(f->value, f->name_len + 1U, f->value.len));
		} else {
			ward_json_put_str(j, "name", f->value);
		}
		ward_json_key(j, "properties");
		ward_json_arr(j);
		number(j, "ward:confidence", f->confidence);
		ward_json_arr_end(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_properties(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_json *j)
{
	struct ward_placement place[WARD_PLACEMENTS];
	const struct ward_fact *class = ward_candidate_best(c, WARD_ATTR_CLASS),
			       *serial = ward_candidate_best(c, WARD_ATTR_SERIAL),
			       *model = ward_candidate_best(c, WARD_ATTR_MODEL);
	char text[46];

	ward_json_key(j, "properties");
	ward_json_arr(j);
	if (c->key.has & 1)
		property(j, "ward:mac", ward_inv_key_text(&c->key, text));
	for (size_t i = 0; i < c->n_address; i++)
		property(j, "ward:ip", ward_addr_text(&c->address[i].ip, text));
	if (class) {
		property(j, "ward:class", class->value);
		number(j, "ward:class-confidence", class->confidence);
	}
	if (model) /* a component's name may be a host's */
		property(j, "ward:model", model->value);
	if (serial)
		property(j, "ward:serial", serial->value);
	for (size_t i = 0; i < c->n_fact; i++)
		if (c->fact[i].attr == WARD_ATTR_ROLE)
			property(j, "ward:role", c->fact[i].value);
	if (ward_inv_where(r, c, place)) {
		property(j, "ward:room", place[0].room);
		number(j, "ward:room-confidence", place[0].confidence);
	}
	if (r->model)
		property(j, "ward:directory", ward_str_z(ward_inv_status_text(c)));
	ward_json_arr_end(j);
}

static void put_device(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_json *j)
{
	const struct ward_fact *vendor = ward_candidate_best(c, WARD_ATTR_VENDOR),
			       *model = ward_candidate_best(c, WARD_ATTR_MODEL);
	struct ward_str name = ward_inv_name(r, c), what = ward_inv_what(r, c);
	char text[46];
	struct ward_str key = ward_inv_key_text(&c->key, text);

	ward_json_obj(j);
	ward_json_put_z(j, "type", "device");
	ward_json_put_str(j, "bom-ref", key);
	if (vendor) {
		ward_json_key(j, "manufacturer");
		ward_json_obj(j);
		ward_json_put_str(j, "name", vendor->value);
		ward_json_obj_end(j);
	}
	ward_json_put_str(j, "name", model ? model->value : name.len ? name : key);
	if (what.len)
		ward_json_put_str(j, "description", what);
	put_parts(c, j);
	put_properties(r, c, j);
	ward_json_obj_end(j);
}

/* The same devices at the same time are the same document. */
static struct ward_id serial_number(const struct ward_inv_report *r)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "inventory.cyclonedx");
	ward_idgen_u64(&g, (uint64_t)r->now);
	for (size_t i = 0; i < r->n; i++) {
		ward_idgen_bytes(&g, &r->c[i].key, sizeof(r->c[i].key));
		ward_idgen_u64(&g, (uint64_t)r->c[i].last);
		for (size_t k = 0; k < r->c[i].n_fact; k++)
			ward_idgen_str(&g, r->c[i].fact[k].value);
	}
	return ward_idgen_final(&g);
}

void ward_inv_write_cyclonedx(const struct ward_inv_report *r, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	char urn[9 + WARD_ID_TEXT] = "urn:uuid:";

	ward_id_text(serial_number(r), urn + 9);
	ward_json_obj(&j);
	ward_json_put_z(&j, "bomFormat", "CycloneDX");
	ward_json_put_z(&j, "specVersion", "1.6");
	ward_json_put_z(&j, "serialNumber", urn);
	ward_json_key(&j, "version");
	ward_json_u64(&j, 1);
	ward_json_key(&j, "metadata");
	ward_json_obj(&j);
	if (r->n) {
		ward_json_key(&j, "timestamp");
		ward_json_time(&j, r->now);
	}
	ward_json_key(&j, "tools");
	ward_json_obj(&j);
	ward_json_key(&j, "components");
	ward_json_arr(&j);
	ward_json_obj(&j);
	ward_json_put_z(&j, "type", "application");
	ward_json_put_z(&j, "name", "ward");
	ward_json_obj_end(&j);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
	ward_json_key(&j, "components");
	ward_json_arr(&j);
	for (size_t i = 0; i < r->n; i++)
		put_device(r, &r->c[i], &j);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

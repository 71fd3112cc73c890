/* What is read of weaknesses (first byte 0: JSON or a table), of devices (1), and of makers'
 * answers (2: a table, 3: YAML), on a small hospital: what loads is judged, and every risk and each
 * treatment lies in its bounds. */
#include "fuzz.h"

#include "../unit/risk/lab.h"

static const char policy[] = "from,to,service,allow\nn-guest,n-med,*,yes\n";
static const char list[] = "cve,vendor,product,versions,cvss,fix\n"
			   "CVE-1,Vitalia,Flow 3,<2.0,9.8,Install 2.0\n";

static void within(struct ward_interval v)
{
	WARD_ASSERT(0 <= v.lo && v.lo <= v.hi && v.hi <= 1000000);
}

static void judge(struct risk_lab *l)
{
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 26);

	WARD_ASSERT(risk_lab_find(l, ward_mem_heap()) == WARD_OK);
	for (size_t i = 0; i < l->r.n_device; i++) {
		within(l->r.device[i].risk);
		for (unsigned f = 0; f < WARD_FACTOR_N; f++)
			within(l->r.device[i].factor[f]);
	}
	for (size_t i = 0; i < l->r.n_treatment; i++)
		within(l->r.treatment[i].after);
	ward_risks_write_text(&l->r, &l->w, SIZE_MAX, NULL, &out);
	ward_risks_write_json(&l->r, &l->w, NULL, &out);
	ward_risks_write_csv(&l->r, &l->w, &out);
	WARD_ASSERT(!ward_wr_bad(&out) && ward_utf8_valid(ward_wr_slice(&out), NULL));
	ward_wr_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct risk_lab l;
	struct ward_slice text;
	enum ward_err err;

	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	text = ward_slice_of(copy, len - 1);
	if (!l.m)
		WARD_ASSERT(risk_lab_open(&l, ward_mem_heap(), "", policy) == WARD_OK);
	WARD_ASSERT(risk_lab_forget(&l, ward_mem_heap()) == WARD_OK);
	WARD_ASSERT(ward_advices_read(&l.advices, WARD_STR("l.csv"),
			    ward_str_bytes(ward_str_z(list)), &l.d) == WARD_OK);
	switch (data[0] % 4) {
	case 0:
		err = ward_advices_read(&l.advices, WARD_STR("f"), text, &l.d);
		break;
	case 1:
		err = ward_abouts_devices(&l.abouts, WARD_STR("f"), text, &l.d);
		break;
	default:
		err = ward_abouts_answers(&l.abouts,
			data[0] % 4 == 3 ? WARD_STR("f.yml") : WARD_STR("f.csv"), text, &l.d);
		break;
	}
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (l.d.n_error == 0));
	judge(&l); /* also after a finding: what was read before it stays whole */
	free(copy);
	return 0;
}

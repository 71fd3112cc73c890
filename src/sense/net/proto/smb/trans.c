/* Transactions of SMB 1: MS-CIFS 2.2.4.33, 2.2.4.46, 2.2.4.62 and their secondaries. */
#include "sense/net/proto/smb/smb1.h"

enum {
	TRANS2_SET_PATH = 6,
	TRANS2_SET_FILE = 8,
	PIPE_TRANSACT = 0x26,
	PASS_THROUGH = 1000, /* MS-SMB 2.2.2.3.5: information levels of MS-FSCC */
	FILE_RENAME = 10,
	FILE_DISPOSITION = 13,
	SET_DISPOSITION = 0x102,
};

/* Set-file and set-path information, MS-CIFS 2.2.6.7, 2.2.6.9. */
static void set_information(
	struct ward_smb1_block *b, struct ward_slice parameters, struct ward_slice data)
{
	struct ward_smb *m = b->m;
	struct ward_rd p = ward_rd_slice(parameters), d = ward_rd_slice(data);
	bool by_path = m->trans.sub == TRANS2_SET_PATH;

	m->op = WARD_SMB_SET_INFO;
	if (!by_path) {
		m->fid = ward_rd_le16(&p);
		m->has_fid = true;
	}
	m->info = ward_rd_le16(&p);
	ward_rd_skip(&p, by_path ? 4 : 0);
	if (by_path)
		m->name = ward_rd_rest(&p);
	if (m->info == SET_DISPOSITION || m->info == PASS_THROUGH + FILE_DISPOSITION) {
		m->op = WARD_SMB_DELETE;
		m->delete_pending = ward_rd_u8(&d) & 1;
	} else if (m->info == PASS_THROUGH + FILE_RENAME) {
		m->op = WARD_SMB_RENAME;
		ward_rd_skip(&d, 4 + 4); /* MS-FSCC 2.4.42.1 */
		size_t len = ward_rd_le32(&d);

		m->new_name = ward_rd_bytes(&d, len < ward_rd_left(&d) ? len : ward_rd_left(&d));
	}
}

static void transaction(
	struct ward_smb1_block *b, bool wide, unsigned n_setup, size_t par_off, size_t data_off)
{
	struct ward_smb *m = b->m;
	struct ward_smb_trans *t = &m->trans;
	struct ward_slice parameters;

	if (n_setup && !t->has_sub) {
		t->sub = ward_rd_le16(&b->words);
		t->has_sub = true;
		n_setup--;
	}
	t->outside = !ward_smb1_buffer(b, par_off, t->parameters, &parameters);
	t->outside |= !ward_smb1_buffer(b, data_off, t->data, &m->data);
	if (t->outside)
		m->anomaly = "data-outside";
	else if (t->data > t->total_data || t->parameters > t->total_parameters)
		m->anomaly = "total-exceeded";
	if (wide || m->response)
		return;
	if (m->command == WARD_SMB1_TRANS2) {
		if (t->sub == TRANS2_SET_FILE || t->sub == TRANS2_SET_PATH)
			set_information(b, parameters, m->data);
		return;
	}
	m->name = ward_smb1_text(b);
	if (t->sub == PIPE_TRANSACT && n_setup) {
		ward_smb1_fid(b);
		m->count = t->data;
		m->op = WARD_SMB_PIPE;
	}
}

void ward_smb1_trans_request(struct ward_smb1_block *b)
{
	struct ward_smb_trans *t = &b->m->trans;

	t->total_parameters = ward_rd_le16(&b->words);
	t->total_data = ward_rd_le16(&b->words);
	ward_rd_skip(&b->words, 2 + 2 + 1 + 1 + 2 + 4 + 2);
	t->parameters = ward_rd_le16(&b->words);
	size_t par_off = ward_rd_le16(&b->words);

	t->data = ward_rd_le16(&b->words);
	size_t data_off = ward_rd_le16(&b->words);
	unsigned n_setup = ward_rd_u8(&b->words);

	ward_rd_skip(&b->words, 1);
	transaction(b, false, n_setup, par_off, data_off);
}

void ward_smb1_nt_trans_request(struct ward_smb1_block *b)
{
	struct ward_smb_trans *t = &b->m->trans;

	ward_rd_skip(&b->words, 1 + 2);
	t->total_parameters = ward_rd_le32(&b->words);
	t->total_data = ward_rd_le32(&b->words);
	ward_rd_skip(&b->words, 4 + 4);
	t->parameters = ward_rd_le32(&b->words);
	size_t par_off = ward_rd_le32(&b->words);

	t->data = ward_rd_le32(&b->words);
	size_t data_off = ward_rd_le32(&b->words);

	ward_rd_skip(&b->words, 1);
	t->sub = ward_rd_le16(&b->words);
	t->has_sub = true;
	transaction(b, true, 0, par_off, data_off);
}

static void secondary(struct ward_smb1_block *b, size_t par_off, size_t data_off)
{
	struct ward_smb_trans *t = &b->m->trans;
	struct ward_slice parameters;

	t->outside = !ward_smb1_buffer(b, par_off, t->parameters, &parameters);
	t->outside |= !ward_smb1_buffer(b, data_off, t->data, &b->m->data);
	if (t->outside)
		b->m->anomaly = "data-outside";
	else if ((uint64_t)t->data + t->data_displacement > t->total_data)
		b->m->anomaly = "total-exceeded";
}

void ward_smb1_trans_secondary(struct ward_smb1_block *b)
{
	struct ward_smb_trans *t = &b->m->trans;

	t->total_parameters = ward_rd_le16(&b->words);
	t->total_data = ward_rd_le16(&b->words);
	t->parameters = ward_rd_le16(&b->words);
	size_t par_off = ward_rd_le16(&b->words);

	ward_rd_skip(&b->words, 2);
	t->data = ward_rd_le16(&b->words);
	size_t data_off = ward_rd_le16(&b->words);

	t->data_displacement = ward_rd_le16(&b->words);
	secondary(b, par_off, data_off);
}

void ward_smb1_nt_trans_secondary(struct ward_smb1_block *b)
{
	struct ward_smb_trans *t = &b->m->trans;

	ward_rd_skip(&b->words, 3);
	t->total_parameters = ward_rd_le32(&b->words);
	t->total_data = ward_rd_le32(&b->words);
	t->parameters = ward_rd_le32(&b->words);
	size_t par_off = ward_rd_le32(&b->words);

	ward_rd_skip(&b->words, 4);
	t->data = ward_rd_le32(&b->words);
	size_t data_off = ward_rd_le32(&b->words);

	t->data_displacement = ward_rd_le32(&b->words);
	secondary(b, par_off, data_off);
}

void ward_smb1_trans_response(struct ward_smb1_block *b)
{
	struct ward_smb_trans *t = &b->m->trans;
	struct ward_slice parameters;

	t->total_parameters = ward_rd_le16(&b->words);
	t->total_data = ward_rd_le16(&b->words);
	ward_rd_skip(&b->words, 2);
	t->parameters = ward_rd_le16(&b->words);
	size_t par_off = ward_rd_le16(&b->words);

	ward_rd_skip(&b->words, 2);
	t->data = ward_rd_le16(&b->words);
	size_t data_off = ward_rd_le16(&b->words);

	b->m->count = t->data;
	t->outside = !ward_smb1_buffer(b, par_off, t->parameters, &parameters) ||
		     !ward_smb1_buffer(b, data_off, t->data, &b->m->data);
	if (t->outside)
		b->m->anomaly = "data-outside";
}

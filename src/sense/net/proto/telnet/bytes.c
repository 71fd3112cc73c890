#include "sense/net/proto/telnet/telnet.h"

enum { DATA, IAC, OPTION, SUB_OPTION, SUB, SUB_IAC };

static enum ward_telnet_what bad(struct ward_telnet *t, enum ward_telnet_reason reason)
{
	t->state = DATA;
	t->reason = reason;
	return WARD_TELNET_BAD;
}

static enum ward_telnet_what see_command(struct ward_telnet *t, uint8_t c)
{
	t->state = DATA;
	t->command = c;
	if (c == WARD_TELNET_IAC) /* RFC 854: doubled, it is data */
		return WARD_TELNET_DATA;
	if (c == WARD_TELNET_SB)
		t->state = SUB_OPTION;
	else if (c >= WARD_TELNET_WILL)
		t->state = OPTION;
	else if (c < 236) /* RFC 1184 2.5: EOF, SUSP and ABORT come before SE */
		return bad(t, WARD_TELNET_COMMAND);
	return WARD_TELNET_NOTHING;
}

static enum ward_telnet_what see_sub(struct ward_telnet *t, uint8_t c)
{
	if (t->state == SUB && c == WARD_TELNET_IAC) {
		t->state = SUB_IAC;
		return WARD_TELNET_NOTHING;
	}
	if (t->state == SUB_IAC && c == WARD_TELNET_SE) {
		t->state = DATA;
		return WARD_TELNET_SUB;
	}
	if (t->state == SUB_IAC && c != WARD_TELNET_IAC)
		return bad(t, WARD_TELNET_COMMAND);
	t->state = SUB;
	if (t->sub_len++ == WARD_TELNET_SUB_MAX)
		return bad(t, WARD_TELNET_LENGTH);
	if (t->n_sub < WARD_TELNET_SUB_KEPT)
		t->sub[t->n_sub++] = c;
	return WARD_TELNET_NOTHING;
}

enum ward_telnet_what ward_telnet_step(struct ward_telnet *t, uint8_t c)
{
	switch (t->state) {
	case DATA:
		if (c != WARD_TELNET_IAC)
			return WARD_TELNET_DATA;
		t->state = IAC;
		return WARD_TELNET_NOTHING;
	case IAC:
		return see_command(t, c);
	case OPTION:
		t->state = DATA;
		t->option = c;
		return WARD_TELNET_NEGOTIATION;
	case SUB_OPTION:
		t->state = SUB;
		t->option = c;
		t->n_sub = 0;
		t->sub_len = 0;
		return WARD_TELNET_NOTHING;
	default:
		return see_sub(t, c);
	}
}

/* IANA, Telnet Options */
const char *ward_telnet_option_name(unsigned option)
{
	static const char *const name[WARD_TELNET_OPTIONS] = {"binary_transmission", "echo",
		"reconnection", "suppress_go_ahead", "approx_message_size_negotiation", "status",
		"timing_mark", "remote_controlled_trans_and_echo", "output_line_width",
		"output_page_size", "output_carriage_return_disposition",
		"output_horizontal_tab_stops", "output_horizontal_tab_disposition",
		"output_formfeed_disposition", "output_vertical_tabstops",
		"output_vertical_tab_disposition", "output_linefeed_disposition", "extended_ascii",
		"logout", "byte_macro", "data_entry_terminal", "supdup", "supdup_output",
		"send_location", "terminal_type", "end_of_record", "tacacs_user_identification",
		"output_marking", "terminal_location_number", "telnet_3270_regime", "x.3_pad",
		"negotiate_about_window_size", "terminal_speed", "remote_flow_control", "linemode",
		"x_display_location", "environment", "authentication", "encryption",
		"new_environment", "tn3270e", "xauth", "charset", "remote_serial_port",
		"com_port_control", "suppress_local_echo", "start_tls", "kermit", "send_url",
		"forward_x"};

	return option < WARD_TELNET_OPTIONS ? name[option] : NULL;
}

// How things are said: times in the office's zone, phones, money, lengths.

const formats = new Map();
function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    let made;
    try {
      made = new Intl.DateTimeFormat("en-US", {timeZone: zone, ...options});
    } catch {
      made = new Intl.DateTimeFormat("en-US", {timeZone: "UTC", ...options});
    }
    formats.set(key, made);
  }
  return formats.get(key);
}

const ms_of = at => typeof at === "number" ? at : Date.parse(at);

export const time_of_day = (at, zone) =>
  format(zone, {hour: "2-digit", minute: "2-digit", hourCycle: "h23"}).format(ms_of(at));
export const day_and_time = (at, zone) =>
  format(zone, {weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
                timeZoneName: "short"}).format(ms_of(at));
export const date_and_time = (at, zone) =>
  format(zone, {month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
                hourCycle: "h23"}).format(ms_of(at));
export const day_of = (at, zone) =>
  format(zone, {year: "numeric", month: "short", day: "numeric"}).format(ms_of(at));

export const short_day = (at, zone) => format(zone, {month: "short", day: "numeric"}).format(ms_of(at));

/** Today by its time, another day with its date. */
export const when = (at, now, zone) =>
  day_of(at, zone) === day_of(now, zone) ? time_of_day(at, zone) : date_and_time(at, zone);

/** `4:10`, `1:02:33`. */
export function clock_text(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = n => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}`
                  : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** `12 s`, `5 min`, `3 h`, `2 days`. */
export function length_text(ms) {
  const s = Math.abs(ms) / 1000;
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  if (s < 129600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} days`;
}

export function phone_text(phone) {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone || "");
  return us ? `+1 ${us[1]} ${us[2]} ${us[3]}` : (phone || "").replace(";ext=", " ext. ");
}

export const money = n => n === null || n === undefined ? "" :
  new Intl.NumberFormat("en-US", {style: "currency", currency: "USD", maximumFractionDigits: 0}).format(n);

/** Who sent an event: `Olivia, on the board`, or the source as it is. */
export function by_whom(source) {
  const name = /^\/board\/(.+)$/.exec(source || "");
  try { return name ? `${decodeURIComponent(name[1])}, on the board` : source === "/board" ? "the board" : source; }
  catch { return source; }
}

export const count = n => new Intl.NumberFormat("en-US").format(n);
export const hundredths = n =>
  new Intl.NumberFormat("en-US", {minimumFractionDigits: 2, maximumFractionDigits: 2}).format(n);
export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + "s"}`;

export const lead_title = l => l.name || l.lead_name || (l.phone ? phone_text(l.phone) : l.lead_id);

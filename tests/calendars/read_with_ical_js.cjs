// Reads calendars with Mozilla's ical.js, one JSON string a line, and answers with what it sees.
// Usage: node read_with_ical_js.cjs FOLDER_OF_THE_PACKAGE
const path = require('node:path');
const readline = require('node:readline');

const ICAL = require(path.join(process.argv[2], 'dist', 'ical.es5.cjs'));

// Without its own data: only the zones that the calendar itself describes count.
const seconds = (time) => time.toUnixTime();

function described(component, item) {
  const alarm = component.getFirstSubcomponent('valarm');
  return {
    uid: component.getFirstPropertyValue('uid'),
    summary: item.summary,
    location: component.getFirstPropertyValue('location') || '',
    description: component.getFirstPropertyValue('description') || '',
    status: component.getFirstPropertyValue('status'),
    sequence: component.getFirstPropertyValue('sequence'),
    alarm: alarm ? alarm.getFirstPropertyValue('trigger').toString() : '',
  };
}

function occurrence(start, end, component, item) {
  const day = start.isDate ? { start: start.toString(), end: end.toString() } : {};
  return { start: seconds(start), end: seconds(end), ...described(component, item), ...day };
}

function all(event) {
  if (!event.isRecurring()) {
    return [occurrence(event.startDate, event.endDate, event.component, event)];
  }
  const found = [];
  const dates = event.iterator();
  for (let next = dates.next(); next; next = dates.next()) {
    const one = event.getOccurrenceDetails(next);
    found.push(occurrence(one.startDate, one.endDate, one.item.component, one.item));
    if (found.length > 5000) throw new Error('it never ends');
  }
  return found;
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) {
    ICAL.TimezoneService.register(zone.getFirstPropertyValue('tzid'), new ICAL.Timezone(zone));
  }
  // Each series with its own exceptions: left alone, the library gives all of them to each.
  const options = { exceptions: [], strictExceptions: true };
  const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one, options));
  const patterns = new Map();
  for (const event of events) {
    if (!event.isRecurrenceException()) patterns.set(event.uid, event);
  }
  for (const event of events) {
    if (event.isRecurrenceException()) patterns.get(event.uid).relateException(event);
  }
  return [...patterns.values()].flatMap(all);
}

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  let answer;
  try {
    answer = { events: read(JSON.parse(line)) };
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

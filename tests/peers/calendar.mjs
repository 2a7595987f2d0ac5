// Reads calendar files as a calendar program would, with ical.js: one in a line of JSON, in and out.
// Moments come back as UTC and as what a clock says in some zones, by the rules of ical.js and of
// Intl, which both are not those of the application.
import readline from "node:readline";
import ICAL from "ical.js";

/** What a property says: its values, its type and its parameters. */
function said(property) {
  return {
    name: property.name,
    type: property.type,
    values: property.getValues().map((value) => (typeof value === "object" ? String(value) : value)),
    parameters: property.jCal[1],
  };
}

/** A day, or a moment in UTC and on the clocks of these zones. */
function moment(time, zones) {
  if (!time) return null;
  if (time.isDate) return { day: time.toString() };
  const utc = new Date(time.toUnixTime() * 1000);
  const clocks = zones.map((timeZone) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(utc),
  );
  return { utc: utc.toISOString(), zone: time.zone?.tzid ?? "", clocks };
}

function read({ file, zones = [] }) {
  const jcal = ICAL.parse(file);
  const calendar = new ICAL.Component(jcal);
  // Written again and read again it says the same.
  const again = ICAL.parse(ICAL.stringify(jcal));
  return {
    sameAgain: JSON.stringify(again) === JSON.stringify(jcal),
    properties: calendar.getAllProperties().map(said),
    events: calendar.getAllSubcomponents("vevent").map((component) => {
      const event = new ICAL.Event(component, { strictExceptions: true });
      return {
        uid: event.uid,
        summary: event.summary,
        description: event.description,
        location: event.location,
        sequence: event.sequence,
        start: moment(event.startDate, zones),
        end: moment(component.getFirstProperty("dtend") ? event.endDate : null, zones),
        stamp: moment(component.getFirstPropertyValue("dtstamp"), []),
        attendees: event.attendees.map(said),
        properties: component.getAllProperties().map(said),
      };
    }),
    others: calendar.getAllSubcomponents().filter((one) => one.name !== "vevent").map((one) => one.name),
  };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = read(JSON.parse(line));
  } catch (problem) {
    answer = { error: String(problem) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

//! The core through its front door: decisions in tables, journeys as stories, properties over random scripts.

mod decision;
mod fixture;
mod gates;
mod golden;
mod journey;
mod methods;
mod midway;
mod properties;
mod script;
mod story;
mod writing;

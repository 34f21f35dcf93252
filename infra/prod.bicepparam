using 'main.bicep'

param environment = 'prod'
param plan = { kind: 'flexConsumption', memory: 4096, maximumInstances: 100, alwaysReady: 1 }
param eventHubs = [{ name: 'events', partitions: 8, retentionHours: 168 }]
param privateNetworking = true
param zoneRedundant = true
param geoRedundant = true
param softDeleteDays = 35
param telemetryDays = 90
